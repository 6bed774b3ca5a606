import type { TensorData } from '@freezeframe/inference';
import { type FreezeOutput, firstChoice, rangeOf } from '#frozen';
import type { ReferenceTensor } from './reference-tensor.ts';

/** How far one output of the frozen graph is from the reference. */
export interface Difference {
  readonly output: string;
  /** See `Verification.maxDifference` for what it is divided by. Infinity where shapes differ or a number is missing. */
  readonly maxDifference: number;
  /** Where the largest difference is. */
  readonly worst: { readonly sample: number; readonly wanted: number; readonly received: number };
  readonly classifies: boolean;
  /** Samples of which another class is first. */
  readonly top1Different: readonly number[];
}

/** Compares one output; `wanted` is in the model's terms, `received` in the graph's (dollars). */
export function compare(output: string, kind: FreezeOutput, wanted: ReferenceTensor, received: TensorData): Difference {
  const classifies = kind.kind === 'classification';
  const values = received.data as Float32Array;
  if (String(wanted.shape) !== String(received.shape)) {
    const worst = { sample: 0, wanted: wanted.data.length, received: values.length };
    return { output, maxDifference: Number.POSITIVE_INFINITY, worst, classifies, top1Different: [] };
  }
  const columns = wanted.data.length / Math.max(1, wanted.shape[0] ?? 1);
  const largest = Array.from(wanted.data).reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  let maxDifference = 0;
  let worst = { sample: 0, wanted: wanted.data[0] ?? 0, received: values[0] ?? 0 };
  for (let i = 0; i < values.length; i++) {
    const scaled = kind.kind === 'regression' ? kind.values[i % columns] : undefined;
    const range = scaled ? rangeOf(scaled) : 1;
    const target = (wanted.data[i] as number) * range + (scaled?.min ?? 0);
    const value = values[i] as number;
    const difference = Math.abs(target - value) / (scaled ? range : largest);
    // NaN on either side is as far off as can be.
    const distance = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (distance <= maxDifference) continue;
    maxDifference = distance;
    worst = { sample: Math.floor(i / columns), wanted: target, received: value };
  }
  const top1Different = classifies ? differentFirst(wanted.data, values, columns) : [];
  return { output, maxDifference, worst, classifies, top1Different };
}

function differentFirst(wanted: ArrayLike<number>, received: ArrayLike<number>, columns: number): number[] {
  const samples = Array.from({ length: wanted.length / columns }, (_, i) => i);
  return samples.filter((i) => firstChoice(wanted, i, columns) !== firstChoice(received, i, columns));
}
