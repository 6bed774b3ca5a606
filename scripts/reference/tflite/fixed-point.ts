import type { LiteModel, LiteOperator } from '#tensorflow';
import type { Doubles } from '../evaluator/doubles.ts';

/** Where the data is among the inputs of what multiplies stored numbers. */
const PRODUCTS: Readonly<Record<string, number>> = { CONV_2D: 0, DEPTHWISE_CONV_2D: 0, FULLY_CONNECTED: 0 };

/** Of products of uint8. */
export interface FixedPoint {
  /** What one product is worth, and one step of the result. */
  readonly unit: number;
  readonly step: number;
  /** A half of a step goes away from zero; else it goes up. */
  readonly away: boolean;
}

/**
 * Products of uint8 that are rounded by integers, in two steps; undefined for all else. Where the file tells the shapes,
 * ai-edge-litert gives them to XNNPACK, which rounds to the nearest.
 */
export function fixedPointOf({ name, inputs, outputs }: LiteOperator, { tensors }: LiteModel): FixedPoint | undefined {
  const data = Object.hasOwn(PRODUCTS, name) ? PRODUCTS[name] : undefined;
  if (data === undefined) return undefined;
  const [input, filter, output] = [inputs[data], inputs[1], outputs[0]].map((index) => tensors[index ?? -1]);
  if (!filter?.data || [input, filter, output].some((tensor) => tensor?.type !== 'UINT8')) return undefined;
  if (input?.shape?.length && output?.shape?.length) return undefined;
  const [from, weight, to] = [input, filter, output].map((tensor) => tensor?.quantization?.scales ?? []);
  if (from?.length !== 1 || weight?.length !== 1 || to?.length !== 1) return undefined;
  return {
    unit: (from[0] as number) * (weight[0] as number),
    step: to[0] as number,
    away: name === 'DEPTHWISE_CONV_2D',
  };
}

/**
 * Real numbers as steps from zero, as TensorFlow Lite's integer kernels round them: the count of products times 31 bits of a
 * factor, rounded to an integer, a half up; that divided by a power of two, and rounded again. Those of `CONV_2D` and
 * `FULLY_CONNECTED` are ruy's, where a half goes up again; that of `DEPTHWISE_CONV_2D` is gemmlowp's.
 */
export function inSteps({ shape, data }: Doubles, { unit, step, away }: FixedPoint): Doubles {
  const real = unit / step;
  let shift = Math.floor(Math.log2(real)) + 1;
  let factor = Math.round((real / 2 ** shift) * 2 ** 31);
  if (factor === 2 ** 31) {
    factor /= 2;
    shift += 1;
  }
  const [high, low] = [Math.floor(factor / 2 ** 16), factor % 2 ** 16];
  const [left, right] = [2 ** Math.max(shift, 0), 2 ** Math.max(-shift, 0)];
  const steps = data.map((value) => {
    const count = Math.round(value / unit) * left;
    // In two parts, as one product would take 58 bits.
    const whole = Math.floor((count * high + Math.floor((count * low + 2 ** 30) / 2 ** 16)) / 2 ** 15);
    const sign = away ? Math.sign(whole) : 1;
    return sign * Math.floor((sign * whole) / right + 0.5);
  });
  return { shape, data: steps };
}
