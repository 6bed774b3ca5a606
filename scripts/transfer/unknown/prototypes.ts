import { stream } from '#system';
import type { Distances } from './distances.ts';

const ROUNDS = 12;

/** A few rows that stand for many. */
export interface Prototypes {
  readonly rows: Float32Array;
  /** The prototype of each row, and how many each stands for. */
  readonly assigned: Int32Array;
  readonly sizes: Int32Array;
}

/**
 * Rows of one class as at most `most` prototypes: themselves where they are so few, otherwise the centres of k-means (Lloyd's
 * algorithm from rows chosen by the seed).
 */
export async function findPrototypes(
  distances: Distances,
  features: Float32Array,
  width: number,
  most: number,
  seed: number,
): Promise<Prototypes> {
  const count = features.length / width;
  if (count <= most) {
    return {
      rows: features,
      assigned: Int32Array.from({ length: count }, (_, row) => row),
      sizes: new Int32Array(count).fill(1),
    };
  }
  const order = stream(seed, 'prototypes').permutation(count).subarray(0, most).sort();
  let rows = new Float32Array(most * width);
  for (const [i, row] of order.entries()) rows.set(features.subarray(row * width, (row + 1) * width), i * width);
  const assigned = new Int32Array(count);
  const sizes = new Int32Array(most);
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    await distances.each(features, rows, (row, all) => {
      const nearest = smallest(all);
      moved += Number(assigned[row] !== nearest || round === 0);
      assigned[row] = nearest;
    });
    const next = new Float64Array(most * width);
    sizes.fill(0);
    for (let row = 0; row < count; row++) {
      const at = assigned[row] as number;
      sizes[at] = (sizes[at] as number) + 1;
      for (let i = 0; i < width; i++)
        next[at * width + i] = (next[at * width + i] as number) + (features[row * width + i] as number);
    }
    // A centre that nothing is nearest to stays where it is.
    rows = rows.map((old, i) => {
      const size = sizes[Math.floor(i / width)] as number;
      return size === 0 ? old : (next[i] as number) / size;
    });
    if (moved === 0) break;
  }
  return { rows, assigned, sizes };
}

export function smallest(values: ArrayLike<number>, without = -1): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    if (i === without) continue;
    if (best < 0 || (values[i] as number) < (values[best] as number)) best = i;
  }
  return best;
}
