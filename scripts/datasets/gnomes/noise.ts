import { cellNumber } from '#system';

/** Smooth noise for grass, stone and leaves. */
export type Noise = (x: number, y: number) => number;

/** @param seed a whole number. @returns a function over the plane, 0..1, with features about one unit wide. */
export function createNoise(seed: number): Noise {
  return (x, y) => {
    const [cellX, cellY] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [ease(x - cellX), ease(y - cellY)];
    const top = lerp(cellNumber(seed, cellX, cellY), cellNumber(seed, cellX + 1, cellY), u);
    const bottom = lerp(cellNumber(seed, cellX, cellY + 1), cellNumber(seed, cellX + 1, cellY + 1), u);
    return lerp(top, bottom, v);
  };
}

/** Three octaves of a noise, 0..1. */
export function rough(noise: Noise, x: number, y: number): number {
  return noise(x, y) * 0.55 + noise(x * 2.1 + 17, y * 2.1 + 5) * 0.29 + noise(x * 4.3 + 3, y * 4.3 + 29) * 0.16;
}

const ease = (t: number) => t * t * (3 - 2 * t);
const lerp = (a: number, b: number, t: number) => a + (b - a) * t;
