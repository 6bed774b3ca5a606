import { readFile } from 'node:fs/promises';
import { buffer as readBuffer, text as readText } from 'node:stream/consumers';
import {
  type Classifier,
  checkAnswerOptions,
  FreezeframeError,
  type InferRequest,
  type InferResponse,
  type Manifest,
  openClassifier,
  PictureError,
  RequestError,
  type Result,
  responseResults,
  toProblem,
} from '@freezeframe/inference';
import { Command } from 'commander';
import { openStore } from '#store';
import { formatAmount, formatShare, reportResult, wholeAboveZero } from '#terminal';
import { takesStore } from './models/store-option.ts';
import { checkExplain, type ExplainOptions, writeOverlay } from './predict/explain.ts';
import { picturesNamed } from './predict/pictures-named.ts';

interface Options extends ExplainOptions {
  json?: boolean;
  topK?: number;
  request?: string;
}

export function predictCommand(): Command {
  return takesStore(new Command('predict'))
    .description('say what is on pictures, or answer a request of tensors')
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .argument('[files...]', 'pictures (JPEG, PNG, WebP, GIF, AVIF, TIFF) and folders of them; - is stdin')
    .option('-k, --top-k <number>', 'how many labels to name, the most probable first (default: 5)', wholeAboveZero)
    .option('--request <file>', 'answer this Open Inference Protocol v2 request (JSON; - is stdin) instead of pictures')
    .option('--explain <file.png>', 'draw which parts of the one picture speak for the label')
    .option('--label <label>', 'the label to explain (default: the most probable)')
    .option('--json', 'print one JSON result per line with its file, in the order of the files')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe predict gnomes garden.jpg balcony.png
  $ freezeframe predict gnomes photos --json
  $ freezeframe predict gnomes@3 --top-k 1 --json photos/*.jpg
  $ curl -s https://example.com/garden.jpg | freezeframe predict gnomes -
  $ freezeframe predict gnomes garden.jpg --explain why.png
  $ freezeframe predict houses --request request.json

A picture that cannot be read does not stop the others; the exit code is then 1.`,
    )
    .action(predict);
}

async function predict(reference: string, files: readonly string[], options: Options): Promise<void> {
  if ((files.length === 0) === (options.request === undefined)) {
    throw new FreezeframeError('used-wrongly', 'Expected either pictures or --request', {
      remedy: 'See what is possible with: freezeframe predict --help',
    });
  }
  const { folder } = await openStore().resolve(reference);
  const classifier = await openClassifier(folder, { warmed: false });
  try {
    await checkExplain(classifier, options.request === undefined ? files : [], options);
    if (options.request !== undefined) await answerRequest(classifier, options.request, options);
    else await answerPictures(classifier, files, options);
  } finally {
    await classifier.close();
  }
}

async function answerPictures(classifier: Classifier, files: readonly string[], options: Options): Promise<void> {
  const { json = false, explain } = options;
  let [failed, all] = [0, 0];
  for await (const { file, empty } of picturesNamed(files)) {
    all++;
    try {
      if (empty) throw new PictureError('object-absent', `There are no pictures in the folder ${file}`);
      const { result, overlay } = await ask(classifier, await readPicture(file), options);
      if (overlay && explain) await writeOverlay(explain, overlay);
      const drawn = overlay ? { overlay: explain } : {};
      reportResult({ file, ...result, ...drawn }, json, () => resultText(file, result, explain));
    } catch (error) {
      // A model that takes no pictures at all fails once, not once for each picture.
      if (!(error instanceof PictureError)) throw error;
      failed++;
      if (json) reportResult({ file, ...toProblem(error, file) }, json, () => '');
      process.stderr.write(`freezeframe: ${file}: ${error.message}\n`);
      if (error.remedy) process.stderr.write(`  ${error.remedy}\n`);
    }
  }
  if (failed > 0) {
    process.stderr.write(`freezeframe: ${failed} of ${all} pictures could not be answered\n`);
    process.exitCode = 1;
  }
}

async function ask(
  classifier: Classifier,
  picture: Uint8Array,
  { topK, explain, label }: Options,
): Promise<{ result: Result; overlay?: Uint8Array }> {
  const answerOptions = topK === undefined ? {} : { topK };
  if (explain === undefined) return { result: await classifier.classify(picture, answerOptions) };
  return classifier.explain(picture, { ...answerOptions, heatmap: label === undefined ? {} : { label } });
}

async function answerRequest(
  classifier: Classifier,
  file: string,
  { json = false, ...options }: Options,
): Promise<void> {
  const content = file === '-' ? await readText(process.stdin) : await readFile(file, 'utf8').catch(unreadable(file));
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

async function readPicture(file: string): Promise<Uint8Array> {
  return file === '-' ? readBuffer(process.stdin) : readFile(file).catch(unreadable(file));
}

function unreadable(file: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    if (cause.code === 'ENOENT') throw new PictureError('object-absent', `There is no file ${file}`, { cause });
    if (cause.code === 'EACCES') throw new PictureError('object-denied', `The file ${file} may not be read`, { cause });
    throw new PictureError('picture-unreadable', `${file} cannot be read`, { cause });
  };
}

const BAR = 24;
const NONE_OF_THESE = '  none of these; the nearest of them:';

function resultText(title: string, result: Result, overlay?: string): string {
  return [title, ...resultLines(result, overlay)].join('\n');
}

function resultLines(result: Result, overlay?: string): string[] {
  if ('values' in result) return result.values.map(valueText);
  const lines = result.predictions.map(({ label, probability }) => {
    const bar = '█'.repeat(Math.round(probability * BAR)).padEnd(BAR);
    return `  ${formatShare(probability).padStart(7)}  ${bar}  ${label}`;
  });
  if (result.known === false) lines.unshift(NONE_OF_THESE);
  if (result.heatmap) lines.push(`  ${overlay} shows which parts speak for ${result.heatmap.label}`);
  return lines;
}

/** Float32 has seven digits. */
function valueText({ name, value, unit }: { name: string; value: number; unit: string }): string {
  return `  ${name}: ${formatAmount(value, unit, 7)}`;
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
