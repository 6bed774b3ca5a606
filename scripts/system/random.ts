import { createHash } from 'node:crypto';

// Pictures, weights and samples that have been recorded depend on each of these generators: none may give other numbers.

/** Repeatable random numbers: the same on every machine, and in every order of work where each use has its own stream. */
export abstract class Random {
  /** The next 32 bits. */
  abstract next(): number;

  /** Uniform in [0, 1). */
  abstract uniform(): number;

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number in [0, limit); the bias for the limits used here (below 2^24) is under 2^-8 of one part. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Around 0, deviation about 1, never beyond 3.5: the sum of four draws, so no logarithm whose last bit may differ. */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508;
  }

  /** 0 .. count-1 in random order (Fisher-Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
    return order;
  }
}

/** xoshiro128** (https://prng.di.unimi.it/). Uniform numbers are multiples of 2^-24: exact in float32. */
export class Xoshiro128 extends Random {
  readonly #state: Uint32Array;

  constructor(state: Uint32Array) {
    super();
    this.#state = state;
  }

  next(): number {
    const s = this.#state;
    const s1 = s[1] as number;
    const times5 = Math.imul(s1, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const s2 = (s[2] as number) ^ (s[0] as number);
    const s3 = (s[3] as number) ^ s1;
    s[1] = s1 ^ s2;
    s[0] = (s[0] as number) ^ s3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }

  uniform(): number {
    return (this.next() >>> 8) * 2 ** -24;
  }

  /** Uniform in [0, 1) into every element. */
  fill(target: Float32Array): void {
    // The state lives in locals here: a dropout mask is 75,000 numbers a step.
    const s = this.#state;
    let [a, b, c, d] = s as unknown as [number, number, number, number];
    for (let i = 0; i < target.length; i++) {
      const times5 = Math.imul(b, 5);
      target[i] = (Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 8) * 2 ** -24;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    s.set([a, b, c, d]);
  }
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush. Uniform numbers have 32 digits. */
class Sfc32 extends Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor([a, b, c, counter]: readonly [number, number, number, number]) {
    super();
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }

  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  uniform(): number {
    return this.next() / 2 ** 32;
  }
}

/**
 * The stream of a training for this purpose, named by what it is for and when: `stream(seed, 'shuffle', epoch)`. Nothing
 * depends on how many numbers something else drew, so that a resumed training needs only the seed, the epoch and the step.
 */
export function stream(seed: number, purpose: string, ...when: readonly number[]): Xoshiro128 {
  // FNV-1a over all of it, then splitmix32 to fill the state: neighbouring seeds give unrelated streams.
  let hash = 0x811c9dc5;
  const mix = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const char of purpose) mix(char.charCodeAt(0));
  for (const value of [seed, ...when]) {
    const high = Math.floor(value / 2 ** 32) >>> 0;
    for (const word of [value >>> 0, high]) for (let shift = 0; shift < 32; shift += 8) mix((word >>> shift) & 255);
  }
  const state = Uint32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash ^ (hash >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  });
  if (state.every((word) => word === 0)) state[0] = 1;
  return new Xoshiro128(state);
}

/** The stream of a data set, named by any text; similar names ("…/1", "…/2") give unrelated numbers. */
export function namedStream(name: string): Random {
  const state = createHash('sha256').update(name).digest();
  return new Sfc32([0, 4, 8, 12].map((at) => state.readInt32LE(at)) as [number, number, number, number]);
}

/** mulberry32: numbers in [0, 1) for made-up samples. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number in [0, 1) for each cell of a plane, mixed by MurmurHash3's finalizer. */
export function cellNumber(seed: number, x: number, y: number): number {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
