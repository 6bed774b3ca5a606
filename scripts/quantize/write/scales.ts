import type { Range } from '../ranges/histogram.ts';

/** real = (stored - zero) * scale, stored in 0..255. */
export interface Scale {
  readonly scale: number;
  readonly zero: number;
}

/** Steps of an unsigned byte. */
const STEPS = 255;
/** Of weights: -127..127, so that 0 is in the middle. */
const WEIGHT_STEPS = 127;
/** Products of three of these are far from the least number that float32 has. */
const LEAST_SCALE = 1e-10;
/** A bias beyond half of int32 is scaled down with its weights: the sum of products needs the other half. */
const MOST_BIAS = 2 ** 30;

export function scaleOf({ low, high }: Range): Scale {
  const scale = Math.max(Math.fround((high - low) / STEPS), Math.fround(LEAST_SCALE));
  return { scale, zero: Math.min(Math.max(Math.round(-low / scale), 0), STEPS) };
}

export interface StoredWeights {
  readonly bytes: Int8Array;
  /** One for each output channel. */
  readonly scales: Float32Array;
  readonly bias: Int32Array;
}

export interface Weights {
  /** [outputs, numbers of each] */
  readonly rows: Float32Array;
  readonly outputs: number;
  readonly bias: Float32Array | undefined;
  /** Mean of what each number of a row is multiplied with. */
  readonly meanOf: (output: number, position: number) => number;
}

/**
 * Rounds the weights of each output to 255 steps of its own. The bias is told what rounding has added to the mean of the result.
 * @returns undefined where int32 may overflow
 */
export function storeWeights({ rows, outputs, bias, meanOf }: Weights, input: Scale): StoredWeights | undefined {
  const width = rows.length / outputs;
  const bytes = new Int8Array(rows.length);
  const [scales, stored] = [new Float32Array(outputs), new Int32Array(outputs)];
  for (let output = 0; output < outputs; output++) {
    const row = rows.subarray(output * width, (output + 1) * width);
    const offset = bias?.[output] ?? 0;
    const scale = weightScale(row, offset, input.scale);
    let [shift, size] = [0, 0];
    for (const [i, value] of row.entries()) {
      const byte = Math.max(-WEIGHT_STEPS, Math.min(WEIGHT_STEPS, Math.round(value / scale)));
      bytes[output * width + i] = byte;
      shift += (byte * scale - value) * meanOf(output, i);
      size += Math.abs(byte);
    }
    const whole = Math.round((offset - shift) / (Math.fround(input.scale) * scale));
    if (!(Math.abs(whole) + size * STEPS < 2 ** 31)) return undefined;
    scales[output] = scale;
    stored[output] = whole;
  }
  return { bytes, scales, bias: stored };
}

function weightScale(row: Float32Array, bias: number, input: number): number {
  let most = 0;
  for (const value of row) most = Math.max(most, Math.abs(value));
  return Math.fround(Math.max(most / WEIGHT_STEPS, Math.abs(bias) / input / MOST_BIAS, LEAST_SCALE));
}
