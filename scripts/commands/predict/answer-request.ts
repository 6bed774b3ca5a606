import { text as readText } from 'node:stream/consumers';
import {
  type Classifier,
  checkAnswerOptions,
  type InferRequest,
  type InferResponse,
  type Manifest,
  RequestError,
  type Result,
  responseResults,
} from '@freezeframe/inference';
import { readNamed } from '#classifiers';
import { reportResult } from '#terminal';
import { resultLines } from './result-text.ts';

interface Options {
  json?: boolean;
  topK?: number;
}

/** Answers a request of tensors (Open Inference Protocol v2). @param file its JSON; `-` is stdin */
export async function answerRequest(
  classifier: Classifier,
  file: string,
  { json = false, ...options }: Options,
): Promise<void> {
  const content = file === '-' ? await readText(process.stdin) : Buffer.from(await readNamed(file)).toString();
  let request: unknown;
  try {
    request = JSON.parse(content);
  } catch (cause) {
    throw new RequestError('json-invalid', `The request is not valid JSON: ${(cause as Error).message}`, {
      cause,
      remedy: 'Send {"inputs": [{"name", "shape", "datatype", "data"}]}.',
    });
  }
  // Checked in full by `infer`, field by field.
  const response = await classifier.infer(request as InferRequest);
  const results = resultsOf(response, classifier.manifest, options);
  reportResult(results ? { ...response, results } : response, json, () => responseText(response, results));
}

/** What a model of numbers says in names, labels and units; undefined where the request did not ask for it. */
function resultsOf(response: InferResponse, manifest: Manifest, { topK }: Options): Result[] | undefined {
  const { input, output } = manifest;
  if (output.kind === 'tensors' || (output.kind === 'classification' && input.kind === 'picture')) return undefined;
  if (!response.outputs.some(({ name }) => name === output.name)) return undefined;
  return responseResults(manifest, response, checkAnswerOptions(topK === undefined ? {} : { topK }));
}

/** Results a row below the other; tensors where there are none. */
function responseText(response: InferResponse, results: readonly Result[] | undefined): string {
  const { model_name, model_version, parameters, outputs } = response;
  const model = `${model_name}@${model_version}`;
  if (results) {
    const lines = results.flatMap((result, row) =>
      'values' in result ? resultLines(result) : [`  row ${row}`, ...resultLines(result)],
    );
    return [model, ...lines].join('\n');
  }
  const lines = outputs.map(({ name, datatype, shape, data }) => {
    const shown = data.slice(0, 8).join(', ');
    return `  ${name} ${datatype} [${shape.join(', ')}]: ${shown}${data.length > 8 ? ', … (all of it with --json)' : ''}`;
  });
  const rows = parameters?.unknown_rows?.split(',') ?? [];
  const list = new Intl.ListFormat('en').format(rows);
  if (rows.length > 0) lines.unshift(`  none of these: ${rows.length > 1 ? 'rows' : 'row'} ${list}`);
  return [model, ...lines].join('\n');
}
