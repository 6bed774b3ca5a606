/** Smooth noise for grass, stone and leaves. */
export type Noise = (x: number, y: number) => number;

/** @param seed a whole number. @returns a function over the plane, 0..1, with features about one unit wide. */
export function createNoise(seed: number): Noise {
  return (x, y) => {
    const [cellX, cellY] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [ease(x - cellX), ease(y - cellY)];
    const top = lerp(lattice(seed, cellX, cellY), lattice(seed, cellX + 1, cellY), u);
    const bottom = lerp(lattice(seed, cellX, cellY + 1), lattice(seed, cellX + 1, cellY + 1), u);
    return lerp(top, bottom, v);
  };
}

/** Three octaves of a noise, 0..1. */
export function rough(noise: Noise, x: number, y: number): number {
  return noise(x, y) * 0.55 + noise(x * 2.1 + 17, y * 2.1 + 5) * 0.29 + noise(x * 4.3 + 3, y * 4.3 + 29) * 0.16;
}

function lattice(seed: number, x: number, y: number): number {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

const ease = (t: number) => t * t * (3 - 2 * t);
const lerp = (a: number, b: number, t: number) => a + (b - a) * t;
