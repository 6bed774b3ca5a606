import type { TensorData } from './datatype.ts';
import { expected, ModelError, RequestError } from './errors.ts';
import {
  checkHeatmap,
  type Heatmap,
  type HeatmapOptions,
  heatmapOf,
  heatmapOutput,
  type MapRow,
} from './heatmap/grid.ts';
import type { ClassificationOutput, Manifest, RegressionOutput, UnknownOutput } from './manifest.ts';

interface Prediction {
  label: string;
  /** 0..1 */
  probability: number;
}

interface ModelReference {
  name: string;
  version: string;
}

/** Classification: most probable first. */
interface ClassificationResult {
  model: ModelReference;
  /** False where the picture shows none of the labels; then the predictions are only the nearest. Absent where the model cannot tell. */
  known?: boolean;
  predictions: Prediction[];
  /** Only where it was asked for. */
  heatmap?: Heatmap;
}

/** Regression: each value in its own unit. */
interface RegressionResult {
  model: ModelReference;
  values: { name: string; value: number; unit: string }[];
}

export type Result = ClassificationResult | RegressionResult;

/** Outputs of a graph by name, batch axis first. */
export type Outputs = Readonly<Record<string, TensorData>>;

/** What a graph answered about one item of a batch. */
export interface OutputRow {
  /** One per label (one for two labels) or one per value. */
  values: Float32Array;
  /** From the pictures of the labels; only where the model tells. */
  distance?: number;
  /** The map's output and its kernel, and which of its rows; only where it was asked for. */
  map?: MapRow;
}

export interface AnswerOptions {
  /** Most predictions to answer, a whole number from 1. Default 5. */
  topK?: number;
  /** Least probability of a prediction that is answered, 0..1. Default 0: all. */
  threshold?: number;
  /** Asks for a heat map too. */
  heatmap?: HeatmapOptions;
}

export type CheckedOptions = AnswerOptions & Required<Pick<AnswerOptions, 'topK' | 'threshold'>>;

const DEFAULT_TOP_K = 5;
/** Rounding in float32 may leave 0..1 by this much; more is no probability. */
const PROBABILITY_SLACK = 1e-3;

/**
 * @throws RequestError `top-k-invalid`, `threshold-invalid`.
 */
export function checkAnswerOptions(options: AnswerOptions): CheckedOptions {
  const { topK = DEFAULT_TOP_K, threshold = 0, ...more } = options;
  if (!Number.isSafeInteger(topK) || topK < 1) {
    throw new RequestError('top-k-invalid', expected('a whole number from 1', 'topK', topK));
  }
  if (!(typeof threshold === 'number' && threshold >= 0 && threshold <= 1)) {
    throw new RequestError('threshold-invalid', expected('a number from 0 to 1', 'threshold', threshold));
  }
  return { topK, threshold, ...(more.heatmap ? { heatmap: more.heatmap } : {}) };
}

/**
 * The outputs of a graph that results are made of.
 * @throws RequestError `task-has-no-result`, `heatmap-absent`, `label-absent`.
 */
export function resultOutputs(manifest: Manifest, { heatmap }: Pick<AnswerOptions, 'heatmap'> = {}): readonly string[] {
  const names = [resultOutput(manifest).name];
  if (heatmap) names.push(checkHeatmap(manifest, heatmap).name);
  return withUnknown(manifest, names);
}

/** Names of outputs, and that of the output by which {@link knownRows} tells, where there is one. */
export function withUnknown(manifest: Manifest, names: readonly string[]): readonly string[] {
  const unknown = unknownOutput(manifest);
  return unknown ? [...names, unknown.name] : names;
}

/**
 * Each item of a batch apart, so that one can fail alone.
 * @param outputs at least those of {@link resultOutputs}.
 * @throws ModelError `model-output-invalid` where there is not one distance for each item.
 */
export function outputRows(manifest: Manifest, outputs: Outputs, rows: number): OutputRow[] {
  const values = (outputs[resultOutput(manifest).name] as TensorData).data as Float32Array;
  const distances = distancesOf(manifest, outputs, rows);
  const heatmap = heatmapOutput(manifest);
  const [map, kernel] = [outputs[heatmap?.name ?? ''], outputs[heatmap?.kernel ?? '']];
  const length = values.length / rows;
  return Array.from({ length: rows }, (_, row) => ({
    values: values.subarray(row * length, (row + 1) * length),
    ...(distances ? { distance: distances[row] as number } : {}),
    ...(map ? { map: { tensor: map, kernel, row } } : {}),
  }));
}

/**
 * Whether each item of a batch shows any of the labels; undefined for a model that cannot tell.
 * @param outputs at least the one that {@link withUnknown} adds.
 * @throws ModelError `model-output-invalid`.
 */
export function knownRows(manifest: Manifest, outputs: Outputs, rows: number): boolean[] | undefined {
  const unknown = unknownOutput(manifest);
  const distances = distancesOf(manifest, outputs, rows);
  return unknown && distances && Array.from(distances, (distance) => isKnown(unknown, distance));
}

function distancesOf(manifest: Manifest, outputs: Outputs, rows: number): Float32Array | undefined {
  const name = unknownOutput(manifest)?.name;
  if (name === undefined) return undefined;
  const { data } = outputs[name] as TensorData;
  if (data.length !== rows) throw invalid(expected('one number for each picture', `output ${name}`, data.length));
  return data as Float32Array;
}

function isKnown({ name, threshold }: UnknownOutput, distance: number): boolean {
  checkFinite(name, distance);
  return distance <= threshold;
}

function unknownOutput({ output }: Manifest): UnknownOutput | undefined {
  return output.kind === 'classification' ? output.unknown : undefined;
}

/**
 * One row of a model's output as the result that people see.
 * @throws ModelError `model-output-invalid` for NaN, infinity, or what the manifest calls a probability and is none;
 *   RequestError `task-has-no-result`.
 */
export function toResult(manifest: Manifest, row: OutputRow, options: CheckedOptions): Result {
  const model = { name: manifest.name, version: manifest.version };
  const output = resultOutput(manifest);
  if (output.kind === 'regression') return { model, values: namedValues(output, row.values) };
  const { values, distance, map } = row;
  const probabilities = toProbabilities(output, values);
  return {
    model,
    ...(output.unknown && distance !== undefined ? { known: isKnown(output.unknown, distance) } : {}),
    predictions: topPredictions(output.labels, probabilities, options),
    ...(options.heatmap && map ? { heatmap: heatmapOf(output, map, probabilities, options.heatmap) } : {}),
  };
}

/**
 * Each row of a model's outputs as a result.
 * @param outputs at least those of {@link resultOutputs}.
 * @throws as {@link toResult}.
 */
export function toResults(manifest: Manifest, outputs: Outputs, rows: number, options: CheckedOptions): Result[] {
  return outputRows(manifest, outputs, rows).map((row) => toResult(manifest, row, options));
}

/** The output whose rows are results. @throws RequestError `task-has-no-result` for a model that answers tensors. */
export function resultOutput({ output }: Manifest): ClassificationOutput | RegressionOutput {
  if (output.kind !== 'tensors') return output;
  throw new RequestError('task-has-no-result', 'The model answers tensors that have no labels or units', {
    remedy: 'Ask it with an Open Inference Protocol v2 request.',
  });
}

function topPredictions(
  labels: readonly string[],
  probabilities: readonly number[],
  options: CheckedOptions,
): Prediction[] {
  const order = Array.from(probabilities.keys());
  // The index decides between equals, so that the same picture always gives the same answer.
  order.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
  return order
    .slice(0, options.topK)
    .map((index) => ({ label: labels[index] as string, probability: probabilities[index] as number }))
    .filter(({ probability }) => probability >= options.threshold);
}

/** One probability per label. A single output is the probability of the second label, as Keras's binary models have it. */
function toProbabilities(output: ClassificationOutput, row: Float32Array): number[] {
  checkLength(output.name, row, row.length === 1 ? output.labels.length === 2 : row.length === output.labels.length);
  const values = Array.from(row, (value) => {
    checkFinite(output.name, value);
    return value;
  });
  const single = values.length === 1;
  let probabilities = values;
  if (output.activation === 'none') probabilities = single ? values.map(sigmoid) : softmax(values);
  else for (const value of values) checkProbability(output.name, value);
  const clamped = probabilities.map((value) => Math.min(1, Math.max(0, value)));
  return single ? [1 - (clamped[0] as number), clamped[0] as number] : clamped;
}

function namedValues(output: RegressionOutput, row: Float32Array): RegressionResult['values'] {
  checkLength(output.name, row, row.length === output.values.length);
  return output.values.map(({ name, unit }, index) => {
    const value = row[index] as number;
    checkFinite(output.name, value);
    return { name, value, unit };
  });
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function checkLength(name: string, row: Float32Array, fits: boolean): void {
  if (!fits) throw invalid(expected('one value for each label or value', `output ${name}`, row.length));
}

function checkFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw invalid(expected('finite numbers', `output ${name}`, value));
}

function checkProbability(name: string, value: number): void {
  if (value < -PROBABILITY_SLACK || value > 1 + PROBABILITY_SLACK) {
    throw invalid(expected('probabilities from 0 to 1', `output ${name}`, value));
  }
}

function invalid(message: string): ModelError {
  return new ModelError('model-output-invalid', message, {
    remedy: "Check the model's weights and the activation in its manifest.",
  });
}
