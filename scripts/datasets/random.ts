import { createHash } from 'node:crypto';

/** Repeatable randomness: the same seed gives the same numbers on every machine and in every order of work. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Around 0, deviation about 1, never beyond ±3.5: the sum of four draws, so no logarithm whose last bit may differ. */
  normal(): number;
}

/** @param seed any text; its sha256 is the state, so similar seeds ("…/1", "…/2") give unrelated numbers. */
export function createRandom(seed: string): Random {
  const state = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), state.readInt32LE(12)];
  // sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, integer operations only.
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[Math.floor(items.length * next())] as T,
    normal: () => (next() + next() + next() + next() - 2) * 1.7320508,
  };
}

/** The numbers 0 .. count-1 in random order (Fisher-Yates). */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random.integer(0, index);
    [order[index], order[other]] = [order[other] as number, order[index] as number];
  }
  return order;
}
