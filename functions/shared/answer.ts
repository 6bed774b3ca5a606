import {
  type AnswerOptions,
  type BatchResult,
  type Classifier,
  type Explanation,
  heatmapAbsent,
  heatmapOutput,
  type InferRequest,
  type InferResponse,
  listModels,
  loadClassifier,
  type Result,
  type Timings,
} from '@freezeframe/inference';
import { measure } from './observe/metrics.ts';
import { countRun } from './observe/statistics.ts';
import type { ClassifyOptions, Options } from './options.ts';
import { withPixels } from './tensors/pictures.ts';

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
  options: ClassifyOptions = {},
  onTimings?: (timings: Timings) => void,
): Promise<Answer> {
  const classifier = await chosen(options);
  const answerOptions = await answerOptionsOf(classifier, options);
  const rows = 'pictures' in question ? question.pictures.length : 1;
  const classifyOptions = { ...answerOptions, onTimings: noting(classifier, rows, onTimings) };
  if ('picture' in question) return classifier.classify(question.picture, classifyOptions);
  if ('pictures' in question) return classifier.classifyBatch(question.pictures, classifyOptions);
  if ('infer' in question) {
    return classifier.infer({ ...question.infer, inputs: await withPixels(classifier, question.infer.inputs) });
  }
  return answerTensors(classifier, await withPixels(classifier, question.tensors), answerOptions);
}

/**
 * The heat map of one picture, drawn on it: a PNG.
 * @throws what `loadClassifier` and `Classifier.explain` throw.
 */
export async function drawAnswer(
  picture: Uint8Array,
  options: ClassifyOptions,
  onTimings?: (timings: Timings) => void,
): Promise<Explanation> {
  const classifier = await chosen(options);
  const answerOptions = await answerOptionsOf(classifier, options);
  const explained = { ...answerOptions, onTimings: noting(classifier, 1, onTimings) };
  return classifier.explain(picture, explained);
}

function chosen({ model: name, version }: Options): Promise<Classifier> {
  return loadClassifier({ ...(name ? { name } : {}), ...(version ? { version } : {}) });
}

/** @throws RequestError `heatmap-absent`, with the models that have one. */
async function answerOptionsOf({ manifest }: Classifier, options: ClassifyOptions): Promise<AnswerOptions> {
  const { top_k: topK, threshold, explain, label } = options;
  if (explain && !heatmapOutput(manifest)) {
    const others = (await listModels()).filter((other) => heatmapOutput(other));
    throw heatmapAbsent(
      manifest,
      others.map(({ name, version }) => `${name}@${version}`),
    );
  }
  return {
    ...(topK === undefined ? {} : { topK }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(explain ? { heatmap: label === undefined ? {} : { label } } : {}),
  };
}

function noting({ manifest }: Classifier, rows: number, onTimings?: (timings: Timings) => void) {
  const { name: model, version } = manifest;
  return (timings: Timings) => {
    measure('DecodeMs', timings.decode, { model, version });
    measure('RunMs', timings.run, { model, version });
    countRun({ model, version, rows, ...timings });
    onTimings?.(timings);
  };
}

/** Each row of the batch becomes a result; one row is answered as one picture would be. */
async function answerTensors(
  classifier: Classifier,
  inputs: InferRequest['inputs'],
  options: AnswerOptions,
): Promise<Result | BatchResult> {
  const results = await classifier.results(inputs, options);
  return results.length === 1 ? (results[0] as Result) : { results };
}
