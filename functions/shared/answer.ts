import {
  type BatchResult,
  type Classifier,
  checkAnswerOptions,
  type InferRequest,
  type InferResponse,
  loadClassifier,
  type Result,
  responseResults,
  resultOutputs,
  type Timings,
} from '@freezeframe/inference';
import { measure } from './observe/metrics.ts';
import { countRun } from './observe/statistics.ts';
import type { Options } from './options.ts';

/** What may be asked, whichever way it came in: HTTP, a queue, an invocation. */
export type Question =
  | { picture: Uint8Array }
  | { pictures: readonly Uint8Array[] }
  | { tensors: InferRequest['inputs'] }
  | { infer: InferRequest };

/** The one result object, several of them in the order sent, or an Open Inference Protocol v2 response. */
export type Answer = Result | BatchResult | InferResponse;

/**
 * Asks the chosen model, or the default one; a version alone is one of the default model.
 * @param onTimings told where the time went, where pictures were asked about.
 * @throws what `loadClassifier` and `Classifier` throw.
 */
export async function answer(
  question: Question,
  options: Options = {},
  onTimings?: (timings: Timings) => void,
): Promise<Answer> {
  const { model: name, version, top_k: topK, threshold } = options;
  const classifier = await loadClassifier({ ...(name ? { name } : {}), ...(version ? { version } : {}) });
  const answerOptions = { ...(topK === undefined ? {} : { topK }), ...(threshold === undefined ? {} : { threshold }) };
  const { name: model, version: modelVersion } = classifier.manifest;
  const note = (timings: Timings) => {
    measure('DecodeMs', timings.decode, { model, version: modelVersion });
    measure('RunMs', timings.run, { model, version: modelVersion });
    const rows = 'pictures' in question ? question.pictures.length : 1;
    countRun({ model, version: modelVersion, rows, ...timings });
    onTimings?.(timings);
  };
  const classifyOptions = { ...answerOptions, onTimings: note };
  if ('picture' in question) return classifier.classify(question.picture, classifyOptions);
  if ('pictures' in question) return classifier.classifyBatch(question.pictures, classifyOptions);
  if ('infer' in question) return classifier.infer(question.infer);
  return answerTensors(classifier, question.tensors, answerOptions);
}

/** Each row of the batch becomes a result; one row is answered as one picture would be. */
async function answerTensors(
  classifier: Classifier,
  inputs: InferRequest['inputs'],
  options: { topK?: number; threshold?: number },
): Promise<Result | BatchResult> {
  const { manifest } = classifier;
  const checked = checkAnswerOptions(options);
  const response = await classifier.infer({ inputs, outputs: resultOutputs(manifest).map((name) => ({ name })) });
  const results = responseResults(manifest, response, checked);
  return results.length === 1 ? (results[0] as Result) : { results };
}
