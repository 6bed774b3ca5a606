import { DATATYPE_NUMBERS, type GraphBuilder } from '#onnx';
import type { Scale } from './quantization.ts';

/** Scales of a product of two tensors of uint8, and of its result. */
export interface ProductScales {
  readonly data: Scale;
  readonly filter: Scale;
  readonly output: Scale;
}

const { float64: FLOAT64, uint8: UINT8 } = DATATYPE_NUMBERS;

/**
 * Counts of products as uint8, rounded as TensorFlow Lite's integer kernels do it: to integers by a factor of 31 bits, a half
 * up, and these to steps by a power of two, a half up again, or away from zero. One rounding of the whole would differ in one
 * of a thousand, in one of eight where the factor is near 1/4. In doubles nothing else is rounded: a count takes 27 bits.
 * @param away whether a half of a step goes away from zero
 */
export function inSteps(
  graph: GraphBuilder,
  counts: string,
  { data, filter, output }: ProductScales,
  away: boolean,
): string {
  const [unit, step] = [(data.scales[0] as number) * (filter.scales[0] as number), output.scales[0] as number];
  const { factor, right } = factorOf(unit / step);
  const zero = output.zeroPoints[0] as number;
  const double = (value: number) => graph.constant('float64', [value], []);
  const exact = graph.op('Cast', [counts], { to: FLOAT64 });
  const steps =
    away && zero > 0
      ? fromZero()
      : graph.op('Add', [graph.op('Mul', [exact, double(factor / right)]), double(zero + half())]);
  // Cutting off is rounding down, from zero on.
  return graph.op('Cast', [graph.op('Clip', [steps, double(0), double(255)])], { to: UINT8 });

  /** Of both roundings: half of an integer, and half of a step where a step is more than an integer. */
  function half(): number {
    return right === 1 ? 0.5 : 0.5 / right + 0.5;
  }

  function fromZero(): string {
    const whole = graph.op('Floor', [graph.op('Add', [graph.op('Mul', [exact, double(factor)]), double(0.5)])]);
    const size = graph.op('Mul', [graph.op('Abs', [whole]), double(1 / right)]);
    const rounded = graph.op('Floor', [graph.op('Add', [size, double(right === 1 ? 0 : 0.5)])]);
    return graph.op('Add', [graph.op('Mul', [graph.op('Sign', [whole]), rounded]), double(zero)]);
  }
}

/** A factor as 31 bits and a power of two: TensorFlow Lite's `QuantizeMultiplier`. */
function factorOf(real: number): { factor: number; right: number } {
  const shift = Math.floor(Math.log2(real)) + 1;
  // A rounding up to 1 is 1/2 of the next power: the product is the same.
  const fraction = Math.round((real / 2 ** shift) * 2 ** 31) / 2 ** 31;
  const next = fraction === 1 ? 1 : 0;
  return { factor: (fraction / 2 ** next) * 2 ** Math.max(shift + next, 0), right: 2 ** Math.max(-shift - next, 0) };
}

/** Ratios of scales that XNNPACK adds with; onnxruntime's own sums are within a step beyond these. */
const [LEAST_RATIO, MOST_RATIO] = [2 ** -10, 2 ** 8];

/**
 * By what stored numbers are multiplied before they are added, and what is a step of the sum: XNNPACK, with which
 * ai-edge-litert adds, has multipliers of 21 bits, and a half of a step goes up. Undefined where it does not add.
 */
export function multipliersOf(
  inputs: readonly Scale[],
  output: Scale,
): { multipliers: number[]; step: number } | undefined {
  const ratios = inputs.map(({ scales }) => Math.fround((scales[0] as number) / (output.scales[0] as number)));
  if (!ratios.every((ratio) => ratio >= LEAST_RATIO && ratio < MOST_RATIO)) return undefined;
  const step = 2 ** (20 - Math.floor(Math.log2(Math.max(...ratios))));
  return { multipliers: ratios.map((ratio) => roundToEven(ratio * step)), step };
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
