import {
  ACTIVATIONS,
  type LiteModel,
  type LiteOperator,
  type LiteQuantization,
  type LiteTensor,
  liteNumbers,
} from '#tensorflow';
import { type Doubles, doubles, map, sizeOf, wrong } from '../evaluator/doubles.ts';
import { fixedPointOf, inSteps } from './fixed-point.ts';

/** What answers of TensorFlow Lite models are compared with. */
export const LITE_EVALUATOR = "Freezeframe's plain evaluator of TensorFlow Lite, operator by operator";

/** Numbers of a tensor as the file stores them, or real ones where a model is computed with these. */
export interface LiteValues {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface LiteSubject {
  readonly model: LiteModel;
  /** Whether quantized tensors hold stored numbers. */
  readonly exact: boolean;
  /** What the graph made of each tensor; undefined for what it has worked out beforehand. */
  readonly received: (tensor: number) => LiteValues | undefined;
}

export interface LiteDifference {
  readonly operator: string;
  readonly tensor: string;
  /**
   * Of real numbers, divided by the largest of the tensor where that is above 1. Of stored ones, how far the received number
   * is from being the right one rounded, in steps.
   */
  readonly difference: number;
  readonly wanted: number;
  readonly received: number;
  /** Whether it counts in steps. */
  readonly stored: boolean;
}

/**
 * Computes every operator by its definition, in double precision and plain loops, from what the graph under test gave to it,
 * and compares with what the graph made of that. So differences do not add up along a deep model: where stored numbers are
 * rounded, one that lies between two steps may fall to either, and all that follows would differ.
 * @returns the largest difference of each operator
 * @throws FreezeframeError `reference-unsupported` for an operator that it does not know
 */
export async function checkLite(subject: LiteSubject): Promise<LiteDifference[]> {
  // Loaded where a model is verified: nothing else needs it.
  const { liteExecutorOf } = await import('./operators.ts');
  const { model, exact } = subject;
  const own = new Map<number, Doubles>();
  const real = (index: number): Doubles | undefined => {
    if (index === -1) return undefined;
    const tensor = model.tensors[index] as LiteTensor;
    const received = subject.received(index);
    if (received)
      return exact ? unstored(doubles(received.shape, received.data), tensor) : doubles(received.shape, received.data);
    return own.get(index) ?? constant(tensor);
  };
  return model.operators.flatMap((operator) => {
    const inputs = withBias(operator, model, operator.inputs.map(real));
    const [first] = operator.outputs.map((index) => model.tensors[index] as LiteTensor);
    const made = liteExecutorOf(operator.name)({ inputs, options: operator.options, type: first?.type ?? '' });
    const fixed = exact ? fixedPointOf(operator, model) : undefined;
    const results = Array.isArray(made) ? (made as readonly Doubles[]) : [made as Doubles];
    return operator.outputs.flatMap((index, i) => {
      const tensor = model.tensors[index] as LiteTensor;
      const linear = results[i] as Doubles;
      const wanted = activated(linear, operator);
      own.set(index, wanted);
      const received = subject.received(index);
      if (!received) return [];
      const scale = exact ? quantizationOf(tensor) : undefined;
      const found =
        fixed && scale
          ? compared(inNumbers(inSteps(linear, fixed), operator, scale), received, tensor, undefined)
          : compared(wanted, received, tensor, scale);
      return [{ operator: operator.name, tensor: tensor.name, ...found, stored: scale !== undefined }];
    });
  });
}

function quantizationOf({ type, quantization }: LiteTensor): LiteQuantization | undefined {
  return type === 'UINT8' || type === 'INT8' ? quantization : undefined;
}

/** Real numbers of stored ones. */
function unstored(x: Doubles, tensor: LiteTensor): Doubles {
  const quantization = quantizationOf(tensor);
  if (!quantization) return x;
  const { scales, zeroPoints, axis } = quantization;
  const inner = scales.length === 1 ? x.data.length : sizeOf(x.shape.slice(axis + 1));
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / inner) % scales.length;
    data[i] = ((x.data[i] as number) - (zeroPoints[channel] as number)) * (scales[channel] as number);
  }
  return { shape: x.shape, data };
}

const constants = new WeakMap<LiteTensor, Doubles>();

function constant(tensor: LiteTensor): Doubles {
  const known = constants.get(tensor);
  if (known) return known;
  const numbers = liteNumbers(tensor);
  if (!numbers) throw wrong('a tensor', `the constant ${tensor.name}`, undefined);
  const real = unstored(doubles(tensor.shape ?? [], numbers), tensor);
  constants.set(tensor, real);
  return real;
}

/** Where a bias is among the inputs. */
const BIASES: Readonly<Record<string, readonly [bias: number, data: number]>> = {
  CONV_2D: [2, 0],
  DEPTHWISE_CONV_2D: [2, 0],
  FULLY_CONNECTED: [2, 0],
  TRANSPOSE_CONV: [3, 2],
};

/** A stored bias counts in products of what is stored in the input and in the filter. */
function withBias({ name, inputs }: LiteOperator, { tensors }: LiteModel, all: (Doubles | undefined)[]) {
  const [bias, data] = BIASES[name] ?? [];
  const given = bias === undefined ? undefined : all[bias];
  if (!given || bias === undefined || data === undefined || tensors[inputs[bias] as number]?.type !== 'INT32')
    return all;
  const [input] = tensors[inputs[data] as number]?.quantization?.scales ?? [];
  const filter = tensors[inputs[1] as number]?.quantization?.scales ?? [];
  if (input === undefined || filter.length === 0) throw wrong('scales', `the bias of ${name}`, undefined);
  const real = given.data.map((n, i) => n * input * (filter[i % filter.length] as number));
  return all.with(bias, { shape: given.shape, data: real });
}

const ENDS: Readonly<Record<string, (x: number) => number>> = {
  RELU: (x) => Math.max(x, 0),
  RELU_N1_TO_1: (x) => Math.min(Math.max(x, -1), 1),
  RELU6: (x) => Math.min(Math.max(x, 0), 6),
  TANH: Math.tanh,
};

function activated(x: Doubles, { options }: LiteOperator): Doubles {
  const name = ACTIVATIONS[(options.activation as number | undefined) ?? 0] ?? 'unknown';
  if (name === 'NONE') return x;
  const f = ENDS[name];
  if (!f) throw wrong('an activation that is known here', 'an operator', name);
  return map(x, f);
}

/** Steps from zero as they are stored: the ends of an activation are steps too. */
function inNumbers(steps: Doubles, { options }: LiteOperator, { scales, zeroPoints }: LiteQuantization): Doubles {
  const [size, point] = [scales[0] as number, zeroPoints[0] as number];
  const end = ENDS[ACTIVATIONS[(options.activation as number | undefined) ?? 0] ?? ''];
  const limit = (x: number) => Math.round((end?.(x * size) ?? x * size) / size);
  return map(steps, (x) => Math.min(Math.max(limit(x) + point, 0), 255));
}

function compared(wanted: Doubles, received: LiteValues, tensor: LiteTensor, scale: LiteQuantization | undefined) {
  if (String(wanted.shape) !== String(received.shape))
    throw wrong(`[${wanted.shape}]`, `the shape of ${tensor.name}`, received.shape);
  const [size, point] = [scale?.scales[0] ?? 1, scale?.zeroPoints[0] ?? 0];
  const [least, most] = tensor.type === 'INT8' ? [-128, 127] : [0, 255];
  const divisor = scale || !tensor.type.startsWith('FLOAT') ? 1 : largestOf(wanted.data);
  let worst = { difference: 0, wanted: 0, received: 0 };
  for (let i = 0; i < wanted.data.length; i++) {
    const value = received.data[i] as number;
    const exact = wanted.data[i] as number;
    const target = scale ? Math.min(Math.max(exact / size + point, least), most) : exact;
    if (Object.is(target, value)) continue;
    const off = Math.abs(target - value);
    const difference = scale ? Math.max(0, off - 0.5) : off / divisor;
    // NaN on either side is as far off as can be.
    if (!(difference <= worst.difference))
      worst = {
        difference: Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
        wanted: target,
        received: value,
      };
  }
  return worst;
}

/** Of what is finite, 1 at least. */
function largestOf(data: Float64Array): number {
  let largest = 1;
  for (const value of data) {
    const size = Math.abs(value);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
