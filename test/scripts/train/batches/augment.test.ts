import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, stream } from '../../../../scripts/system/random.ts';
import {
  type AugmentOptions,
  augmentPicture,
  augments,
  type PictureSize,
} from '../../../../scripts/train/batches/augment.ts';

const size: PictureSize = { height: 5, width: 7, channels: 3 };
const cells = size.height * size.width * size.channels;
const picture = Uint8Array.from({ length: cells }, (_, i) => (i * 37) % 256);

function varied(options: AugmentOptions, random: Random = stream(1, 'a'), source = picture): Uint8Array {
  const target = new Uint8Array(cells);
  augmentPicture(source, target, size, options, random);
  return target;
}

/** Draws these numbers, then 0.5: no shift, no turn, no change of brightness. */
function drawing(...numbers: number[]): Random {
  const uniform = () => numbers.shift() ?? 0.5;
  return { uniform, between: (low: number, high: number) => low + (high - low) * uniform() } as Random;
}

describe('augmentPicture', () => {
  it('leaves a picture as it is where nothing is asked for', () => {
    expect(varied({})).toEqual(picture);
  });

  it('mirrors left to right', () => {
    const mirrored = varied({ flip: true }, drawing(0.1));
    const at = (pixels: Uint8Array, y: number, x: number, c: number) =>
      pixels[(y * size.width + x) * size.channels + c];
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) expect(at(mirrored, y, x, 1)).toBe(at(picture, y, size.width - 1 - x, 1));
    }
    expect(varied({ flip: true }, drawing(0.9))).toEqual(picture);
  });

  it('shifts by whole cells and repeats the edge', () => {
    // A turn of 0, down by 1 = 0.2 * 5, across by nothing.
    const moved = varied({ shift: 0.2 }, drawing(0.9, 0.5, 1, 0.5));
    const row = size.width * size.channels;
    expect(moved.slice(row)).toEqual(picture.slice(0, -row));
    expect(moved.slice(0, row)).toEqual(picture.slice(0, row));
  });

  it('turns half round', () => {
    const turned = varied({ rotate: 180 }, drawing(0.9, 1));
    const pixels = (from: Uint8Array) => Array.from({ length: 35 }, (_, i) => [...from.slice(3 * i, 3 * i + 3)]);
    const expected = pixels(picture).reverse();
    for (const [i, pixel] of pixels(turned).entries()) {
      for (const [c, value] of pixel.entries())
        expect(Math.abs(value - (expected[i]?.[c] as number))).toBeLessThanOrEqual(1);
    }
  });

  it('makes brighter without running over', () => {
    const brighter = varied({ brightness: 0.5 }, drawing(0.9, 0.5, 0.5, 0.5, 1));
    expect([...brighter]).toEqual([...picture].map((value) => Math.min(255, Math.round(value * 1.5))));
  });

  it('makes larger and smaller about the middle, and slants', () => {
    const size = { height: 9, width: 9, channels: 1 };
    const bar = Uint8Array.from({ length: 81 }, (_, i) => (i % 9 >= 3 && i % 9 <= 5 ? 200 : 0));
    const sums = (options: AugmentOptions, seed: number) => {
      const target = new Uint8Array(81);
      augmentPicture(bar, target, size, options, stream(seed, 'augment'));
      const row = (y: number) => target.subarray(9 * y, 9 * y + 9);
      const middle = (y: number) =>
        row(y).reduce((sum, value, x) => sum + value * x, 0) / row(y).reduce((a, b) => a + b);
      return { area: target.reduce((a, b) => a + b), lean: middle(8) - middle(0) };
    };
    const plain = sums({}, 1);
    const scaled = [1, 2, 3, 4].map((seed) => sums({ scale: 0.5 }, seed));
    expect(Math.max(...scaled.map(({ area }) => area))).toBeGreaterThan(1.1 * plain.area);
    expect(Math.min(...scaled.map(({ area }) => area))).toBeLessThan(0.9 * plain.area);
    for (const { lean } of scaled) expect(lean).toBeCloseTo(0, 1);
    const slanted = [1, 2, 3, 4].map((seed) => sums({ shear: 0.3 }, seed).lean);
    expect(Math.max(...slanted.map(Math.abs))).toBeGreaterThan(0.5);
  });

  it('gives the same picture for the same stream, and stays within the picture', () => {
    const options = { flip: true, shift: 0.3, rotate: 40, brightness: 0.3 };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const once = varied(options, stream(seed, 'a'));
        expect(varied(options, stream(seed, 'a'))).toEqual(once);
        const plain = new Uint8Array(cells).fill(100);
        const value = varied({ ...options, brightness: 0 }, stream(seed, 'a'), plain);
        expect(value.every((cell) => Math.abs(cell - 100) <= 1)).toBe(true);
      }),
    );
  });
});

describe('augments', () => {
  it('is false for options that do nothing', () => {
    expect(augments(undefined)).toBe(false);
    expect(augments({ flip: false, shift: 0 })).toBe(false);
    expect(augments({ rotate: 5 })).toBe(true);
  });
});
