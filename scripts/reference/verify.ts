import { createEngine, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { type FreezePlan, planFreeze } from '#convert';
import { type FreezeOptions, GRAPH_NAMES, rangeOf } from '#frozen';
import type { KerasModel } from '#keras';
import { referenceAnswers } from './answers.ts';
import { compare, type Difference } from './compare.ts';
import type { ReferenceTensor } from './tfjs/layers.ts';

/** Largest difference that is rounding: a wrong padding or weight order is off by a hundred times this. */
export const TOLERANCE = 1e-4;

export interface Verification {
  /** What answers were compared with: `TensorFlow.js layers 4.22.0`, or `Freezeframe's plain evaluator` where that lacks a layer. */
  readonly against: string;
  readonly samples: number;
  /**
   * Over all outputs. Values in their own units are divided by the range they were scaled from; all others by the
   * output's largest absolute value where that is above 1 (so probabilities are as they are).
   */
  readonly maxDifference: number;
  /** The largest output of each sample is the same. Undefined where the model does not classify. */
  readonly top1Identical?: boolean;
  readonly seconds: number;
}

/** Inputs by the frozen graph's names, in the graph's own terms: bytes of pictures, features in their own units. */
export type Samples = Readonly<Record<string, TensorData>>;

/**
 * Runs the frozen graph in onnxruntime and the model in a reference that shares no code with the converter on the same
 * samples: see `reference/answers.ts` for which.
 * @param onProgress told how many samples the reference, the slower of the two, has answered.
 * @throws FreezeframeError `verification-failed`, naming each output that differs and by how much;
 *   `reference-unsupported` where no reference knows a layer: nothing is passed unseen
 */
export async function verifyFrozen(
  model: KerasModel,
  onnx: Uint8Array,
  options: FreezeOptions,
  samples: Samples,
  onProgress: (done: number) => void = () => undefined,
): Promise<Verification> {
  const start = performance.now();
  const plan = planFreeze(model);
  const inputs = referenceInputs(
    options,
    samples,
    plan.inputs.map(({ name }) => name),
  );
  const count = inputs[0]?.shape[0] ?? 0;
  if (count === 0) throw failed('its reference', 'there are no samples to compare on', {});
  const engine = await createEngine(onnx);
  try {
    const cost = multiplications(plan);
    const { against, answers: wanted } = await referenceAnswers(model, inputs, cost, onProgress);
    const received = await runInBatches(engine, samples);
    const differences = engine.outputs.map(({ name }, i) =>
      compare(name, options.output, wanted[i] as ReferenceTensor, received[name] as TensorData),
    );
    return verdict(differences, against, count, (performance.now() - start) / 1000);
  } finally {
    await engine.close();
  }
}

/** What one sample takes, about: each place of a layer's answer reads the layer's kernel once. */
export function multiplications({ nodes, weights, shapes }: FreezePlan): number {
  return nodes.reduce((sum, { path, output }) => {
    const places = (shapes.get(output) ?? []).slice(1, -1).reduce<number>((n, size) => n * (size ?? 64), 1);
    return sum + places * (weights.get(`${path}/kernel`)?.data.length ?? 0);
  }, 0);
}

function verdict(differences: readonly Difference[], against: string, samples: number, seconds: number): Verification {
  // Written so that NaN is a failure.
  const outputs = differences.filter((d) => !(d.maxDifference <= TOLERANCE) || d.top1Different.length > 0);
  if (outputs.length > 0)
    throw failed(against, outputs.map(describe).join('; '), { against, samples, tolerance: TOLERANCE, outputs });
  const maxDifference = Math.max(...differences.map((d) => d.maxDifference));
  const classifies = differences.some((d) => d.classifies);
  return { against, samples, maxDifference, ...(classifies ? { top1Identical: true } : {}), seconds };
}

function failed(against: string, reason: string, details: Record<string, unknown>): FreezeframeError {
  const message = `The frozen graph is not known to answer as ${against}: ${reason}`;
  return new FreezeframeError('verification-failed', message, {
    details,
    remedy: 'Nothing was saved. A difference is a fault of the converter: report it with the model.',
  });
}

function describe(d: Difference): string {
  const top1 = d.top1Different.length > 0 ? `, another first choice on ${d.top1Different.length} samples` : '';
  const where = `sample ${d.worst.sample}: ${d.worst.received} instead of ${d.worst.wanted}`;
  return `output ${d.output} differs by up to ${d.maxDifference} (allowed ${TOLERANCE}; ${where})${top1}`;
}

/** Undoes in plain code what the graph does itself, so that the folding is checked too. */
export function referenceInputs(
  { input }: FreezeOptions,
  samples: Samples,
  names: readonly string[],
): ReferenceTensor[] {
  if (input.kind === 'tensors') return names.map((name) => asReference(samples[name] as TensorData));
  const { shape, data } = samples[GRAPH_NAMES[input.kind]] as TensorData;
  const values = data as Uint8Array | Float32Array;
  const result = new Float32Array(values.length);
  const [channels, prepare] =
    input.kind === 'picture'
      ? [input.channels, (x: number, c: number) => x * at(input.preprocess.scale, c) + at(input.preprocess.offset, c)]
      : [
          input.features.length,
          (x: number, c: number) => {
            const feature = input.features[c] as (typeof input.features)[number];
            const [least, most] = feature.clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
            return Math.min(Math.max((x - feature.min) / rangeOf(feature), least), most);
          },
        ];
  for (let i = 0; i < values.length; i++) result[i] = prepare(values[i] as number, i % channels);
  return [{ shape: [...shape], data: result }];
}

function at(list: readonly number[], index: number): number {
  return list[index] as number;
}

function asReference({ shape, data }: TensorData): ReferenceTensor {
  const values = data instanceof Int32Array ? data : Float32Array.from(data as Float32Array, Number);
  return { shape: [...shape], data: values };
}

/** Rows in one run of the frozen graph. */
const BATCH = 256;

/** Runs the graph over any number of rows. */
export async function runInBatches(engine: Engine, samples: Samples): Promise<Record<string, TensorData>> {
  const rows = Object.values(samples)[0]?.shape[0] ?? 0;
  const collected: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (let first = 0; first < rows; first += BATCH) {
    const last = Math.min(first + BATCH, rows);
    const feeds = Object.entries(samples).map(([name, tensor]) => [name, rowsOf(tensor, first, last)]);
    for (const [name, { shape, data }] of Object.entries(await engine.run(Object.fromEntries(feeds)))) {
      const size = data.length / (last - first);
      collected[name] ??= { shape: [rows, ...shape.slice(1)], data: new Float32Array(size * rows) };
      collected[name].data.set(Float32Array.from(data as Float32Array, Number), first * size);
    }
  }
  const results = Object.entries(collected).map(([name, tensor]) => [
    name,
    { datatype: 'FP32' as const, shape: [...tensor.shape], data: tensor.data },
  ]);
  return Object.fromEntries(results);
}

function rowsOf(tensor: TensorData, first: number, last: number): TensorData {
  const size = tensor.shape.slice(1).reduce((n, axis) => n * axis, 1);
  const data = tensor.data.slice(first * size, last * size) as TensorData['data'];
  return { ...tensor, shape: [last - first, ...tensor.shape.slice(1)], data };
}
