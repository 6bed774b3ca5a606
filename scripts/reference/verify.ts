import { createEngine, expected, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { type FreezeOptions, GRAPH_NAMES, rangeOf, runInBatches, type Samples } from '#frozen';
import type { KerasModel } from '#keras';
import { compare, type Difference } from './compare.ts';
import type { ReferenceTensor } from './reference-tensor.ts';

/** What manifests and messages call the reference. */
const EVALUATOR = "Freezeframe's plain evaluator";

/** Largest difference that is rounding: a wrong padding or weight order is off by a hundred times this. */
export const TOLERANCE = 1e-4;

/**
 * The same where a model rounds what its layers are given (`model.quantize`): a number that lies between two steps may fall
 * to either. 3e-4 was seen for four layers of int8. Such a model is verified without its rounding too.
 */
export const ROUNDING_TOLERANCE = 2e-2;

export interface Verification {
  /** What answers were compared with: `Freezeframe's plain evaluator`. */
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

/**
 * Runs the frozen graph in onnxruntime, and the model in an evaluator that shares no code with the converter, on the same
 * samples.
 * @param tolerance `ROUNDING_TOLERANCE` where the model rounds
 * @param onProgress told how many samples the evaluator, the slower of the two, has answered.
 * @throws FreezeframeError `verification-failed`, naming each output that differs and by how much;
 *   `reference-unsupported` for a layer that the evaluator does not know
 */
export async function verifyFrozen(
  model: KerasModel,
  onnx: Uint8Array,
  options: FreezeOptions,
  samples: Samples,
  onProgress: (done: number) => void = () => undefined,
  tolerance = TOLERANCE,
): Promise<Verification> {
  const start = performance.now();
  // Loaded where something is verified: commands that only print their options need not wait for it.
  const { declaredInputs, evaluate } = await import('./evaluator/index.ts');
  const names = declaredInputs(model.config).map(({ name }) => name);
  const inputs = referenceInputs(options, samples, names);
  const count = inputs[0]?.shape[0] ?? 0;
  if (count === 0) throw failed('there are no samples to compare on', {});
  const engine = await createEngine(onnx);
  try {
    const wanted = await evaluate(model, inputs, onProgress);
    const received = await runInBatches(engine, samples);
    const tie = tolerance === TOLERANCE ? undefined : tolerance;
    const differences = engine.outputs.map(({ name }, i) =>
      compare(name, options.output, wanted[i] as ReferenceTensor, received[name] as TensorData, tie),
    );
    return verdict(differences, count, (performance.now() - start) / 1000, tolerance);
  } finally {
    await engine.close();
  }
}

function verdict(
  differences: readonly Difference[],
  samples: number,
  seconds: number,
  tolerance: number,
): Verification {
  const against = EVALUATOR;
  const empty = differences.find(({ onlyNaN }) => onlyNaN);
  if (empty)
    throw failed(`output ${empty.output} is NaN for every sample, so nothing was compared`, { against, samples });
  // Written so that NaN is a failure.
  const outputs = differences.filter((d) => !(d.maxDifference <= tolerance) || d.top1Different.length > 0);
  if (outputs.length > 0)
    throw failed(outputs.map((d) => describe(d, tolerance)).join('; '), { against, samples, tolerance, outputs });
  const maxDifference = Math.max(...differences.map((d) => d.maxDifference));
  const classifies = differences.some((d) => d.classifies);
  return { against, samples, maxDifference, ...(classifies ? { top1Identical: true } : {}), seconds };
}

function failed(reason: string, details: Record<string, unknown>): FreezeframeError {
  const message = `The frozen graph is not known to answer as ${EVALUATOR}: ${reason}`;
  return new FreezeframeError('verification-failed', message, {
    details,
    remedy: 'Nothing was saved. A difference is a fault of the converter: report it with the model.',
  });
}

function describe(d: Difference, tolerance: number): string {
  const top1 = d.top1Different.length > 0 ? `, another first choice on ${d.top1Different.length} samples` : '';
  const where = `sample ${d.worst.sample}: ${d.worst.received} instead of ${d.worst.wanted}`;
  return `output ${d.output} differs by up to ${d.maxDifference} (allowed ${tolerance}; ${where})${top1}`;
}

/** Undoes in plain code what the graph does itself, so that the folding is checked too. */
export function referenceInputs(
  { input }: FreezeOptions,
  samples: Samples,
  names: readonly string[],
): ReferenceTensor[] {
  if (input.kind === 'tensors') return names.map((name) => asReference(name, samples[name]));
  const { shape, data } = samples[GRAPH_NAMES[input.kind]] as TensorData;
  const values = data as Uint8Array | Float32Array;
  const result = new Float32Array(values.length);
  const [channels, prepare] =
    input.kind === 'picture'
      ? [
          input.channels,
          (x: number, c: number) => scaled(x, at(input.preprocess.scale, c), at(input.preprocess.offset, c)),
        ]
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

/**
 * Rounded where float32 is. A quantized model may take each byte at the middle between two steps (-1..1 in 256 steps): what
 * decides there is the last bit.
 */
function scaled(x: number, scale: number, offset: number): number {
  return Math.fround(x * Math.fround(scale)) + Math.fround(offset);
}

function at(list: readonly number[], index: number): number {
  return list[index] as number;
}

function asReference(name: string, sample: TensorData | undefined): ReferenceTensor {
  if (!sample) throw failed(expected('a tensor', `the input ${name} of the model`, sample), {});
  const { shape, data } = sample;
  const values = data instanceof Int32Array ? data : Float32Array.from(data as Float32Array, Number);
  return { shape: [...shape], data: values };
}
