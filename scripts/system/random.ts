/**
 * A small, fast generator of uniform numbers (xoshiro128**, https://prng.di.unimi.it/). Every use in training takes a
 * stream of its own, named by what it is for and when (`stream(seed, 'shuffle', epoch)`): nothing depends on how many
 * numbers something else drew, so that a resumed training needs only the seed, the epoch and the step to go on exactly.
 */
export class Random {
  readonly #state: Uint32Array;

  constructor(state: Uint32Array) {
    this.#state = state;
  }

  /** The next 32 bits. */
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

  /** Uniform in [0, 1), a multiple of 2^-24: exact in float32. */
  uniform(): number {
    return (this.next() >>> 8) * 2 ** -24;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number in [0, limit); the bias for the limits used here (below 2^24) is under 2^-8 of one part. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
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

/** The stream of random numbers that this seed has for this purpose. */
export function stream(seed: number, purpose: string, ...when: readonly number[]): Random {
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
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash ^ (hash >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  if (state.every((word) => word === 0)) state[0] = 1;
  return new Random(state);
}
