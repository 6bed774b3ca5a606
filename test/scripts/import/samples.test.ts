import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../../scripts/import/model-facts.ts';
import { makeSamples } from '../../../scripts/import/samples.ts';

const tensors = { kind: 'tensors' } as const;

function facts(shape: readonly (number | null)[], own?: ModelFacts['own']): ModelFacts {
  return {
    inputs: [{ name: 'x', shape, integers: false }],
    outputs: [],
    activation: 'none',
    ...(own ? { own } : {}),
  };
}

function values(shape: readonly (number | null)[], own?: ModelFacts['own'], seed = 1) {
  const { x } = makeSamples(facts(shape, own), tensors, 3, seed, new Map());
  return { shape: x?.shape, data: x?.data as Float32Array };
}

describe('makeSamples', () => {
  it('is the same for the same seed alone', () => {
    expect(values([null, 5])).toEqual(values([null, 5]));
    expect(values([null, 5], undefined, 2)).not.toEqual(values([null, 5]));
  });

  it.each([
    ['where nothing tells', undefined, -1, 1],
    ['for a model that scales bytes itself', { takes: 'bytes', reason: '' }, 0, 255],
    ['for a model that scales shares itself', { takes: 'unit', reason: '' }, 0, 1],
  ] as const)('stays in range %s, and uses it', (_, own, low, high) => {
    const { data } = values([null, 40, 40, 3], own);
    const middle = (low + high) / 2;
    expect(Math.min(...data)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...data)).toBeLessThan(high);
    expect(Math.min(...data)).toBeLessThan((low + middle) / 2);
    expect(Math.max(...data)).toBeGreaterThan((high + middle) / 2);
  });

  it('makes the first picture of squares, the second of noise, in either order of axes', () => {
    const [height, width] = [33, 20];
    const last = values([null, height, width, 3]).data;
    const first = values([null, 3, height, width]).data;
    const distinct = (row: number, data: Float32Array) =>
      new Set(data.subarray(row * height * width * 3, (row + 1) * height * width * 3)).size;
    // 3 x 2 squares of 16, of three channels each; a number may come twice.
    for (const data of [last, first]) {
      expect(distinct(0, data)).toBeGreaterThan(15);
      expect(distinct(0, data)).toBeLessThanOrEqual(18);
      expect(distinct(1, data)).toBeGreaterThan(1500);
    }
    const pixel = (y: number, x: number, c: number) => last[(y * width + x) * 3 + c];
    expect(pixel(15, 15, 1)).toBe(pixel(0, 0, 1));
    expect(pixel(16, 15, 1)).not.toBe(pixel(0, 0, 1));
    expect(pixel(0, 0, 0)).not.toBe(pixel(0, 0, 1));
    expect(first[height * width + 15 * width + 15]).toBe(first[height * width]);
  });

  it('gives pictures bytes', () => {
    const picture = {
      height: 8,
      width: 8,
      channels: 1,
      colour: 'grey',
      resize: 'stretch',
      crop: 1,
      kernel: 'cubic',
      invert: false,
    } as const;
    const input = { kind: 'picture', ...picture, preprocess: { scale: [1], offset: [0] } } as const;
    const { picture: bytes } = makeSamples(facts([null, 8, 8, 1]), input, 2, 1, new Map());
    expect(bytes?.shape).toEqual([2, 8, 8, 1]);
    expect(bytes?.data).toBeInstanceOf(Uint8Array);
    expect(Math.max(...(bytes as { data: Uint8Array }).data)).toBeGreaterThan(128);
  });
});
