import type { TensorData } from '@freezeframe/inference';
import { type FreezeOutput, firstChoice, rangeOf } from '#frozen';

/** How far one output of the frozen graph is from the reference. */
export interface Difference {
  readonly output: string;
  /** See `Verification.maxDifference` for what it is divided by. Infinity where shapes differ or a number is missing. */
  readonly maxDifference: number;
  /** Where the largest difference is. */
  readonly worst: { readonly sample: number; readonly wanted: number; readonly received: number };
  readonly classifies: boolean;
  /** Whether all that was wanted is NaN, which every other NaN is equal to. */
  readonly onlyNaN: boolean;
  /** Samples of which another class is first, and not by rounding alone. */
  readonly top1Different: readonly number[];
}

/** A reference's answer; whole numbers of 64 bits do not fit into the float32 of others. */
export interface Wanted {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Compares one output; `wanted` is in the model's terms, `received` in the graph's (dollars).
 * @param tie how near two classes may be for either to be first
 */
export function compare(
  output: string,
  kind: FreezeOutput,
  wanted: Wanted,
  received: TensorData,
  tie = TIE,
): Difference {
  const classifies = kind.kind === 'classification';
  const values = numbersOf(received);
  if (String(wanted.shape) !== String(received.shape)) {
    const worst = { sample: 0, wanted: wanted.data.length, received: values.length };
    return { output, maxDifference: Number.POSITIVE_INFINITY, worst, classifies, onlyNaN: false, top1Different: [] };
  }
  const columns = wanted.data.length / Math.max(1, wanted.shape[0] ?? 1);
  const whole = !received.datatype.startsWith('FP');
  // An index is right or wrong: the next one is not nearly it.
  const largest = whole ? 1 : largestOf(wanted.data);
  let maxDifference = 0;
  let worst = { sample: 0, wanted: wanted.data[0] ?? 0, received: values[0] ?? 0 };
  for (let i = 0; i < values.length; i++) {
    const scaled = kind.kind === 'regression' ? kind.values[i % columns] : undefined;
    const range = scaled ? rangeOf(scaled) : 1;
    const target = (wanted.data[i] as number) * range + (scaled?.min ?? 0);
    const value = values[i] as number;
    // NaN where NaN is right, and the same infinity.
    if (Object.is(target, value)) continue;
    const difference = Math.abs(target - value) / (scaled ? range : largest);
    // NaN on either side is as far off as can be.
    const distance = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (distance <= maxDifference) continue;
    maxDifference = distance;
    worst = { sample: Math.floor(i / columns), wanted: target, received: value };
  }
  const onlyNaN = wanted.data.length > 0 && Array.prototype.every.call(wanted.data, Number.isNaN);
  const top1Different = classifies ? differentFirst(wanted.data, values, columns, tie * largest) : [];
  return { output, maxDifference, worst, classifies, onlyNaN, top1Different };
}

/** Numbers that are this near are a tie: which of them is first, rounding decides. Float32 rounds 1 to 1e-7, sums to more. */
const TIE = 1e-5;

function numbersOf({ data }: TensorData): ArrayLike<number> {
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? Array.from(data, Number) : data;
}

/** Of what is finite, 1 at least. */
function largestOf(data: ArrayLike<number>): number {
  let largest = 1;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] as number);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}

function differentFirst(
  wanted: ArrayLike<number>,
  received: ArrayLike<number>,
  columns: number,
  tie: number,
): number[] {
  const samples = Array.from({ length: wanted.length / columns }, (_, i) => i);
  return samples.filter((i) => {
    const [first, other] = [firstChoice(wanted, i, columns), firstChoice(received, i, columns)];
    if (first === other) return false;
    // A single number is the second class from a half on.
    const [most, less] = columns === 1 ? [wanted[i], 0.5] : [wanted[i * columns + first], wanted[i * columns + other]];
    // Written so that NaN is another first choice.
    return !(Math.abs((most as number) - (less as number)) <= tie);
  });
}
