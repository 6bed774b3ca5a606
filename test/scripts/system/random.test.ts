import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../scripts/system/random.ts';

const draw = (count: number, ...name: Parameters<typeof stream>) => {
  const random = stream(...name);
  return Array.from({ length: count }, () => random.uniform());
};

describe('stream', () => {
  it('gives the same numbers for the same name, others for any other', () => {
    expect(draw(8, 1, 'shuffle', 3)).toEqual(draw(8, 1, 'shuffle', 3));
    const names = [
      [1, 'shuffle', 4],
      [2, 'shuffle', 3],
      [1, 'dropout', 3],
      [1, 'shuffle', 3, 0],
    ] as const;
    for (const [seed, purpose, ...when] of names) {
      expect(draw(8, seed, purpose, ...when)).not.toEqual(draw(8, 1, 'shuffle', 3));
    }
  });

  it('gives numbers in [0, 1) that are evenly spread', () => {
    const numbers = draw(100_000, 7, 'spread');
    const tenths = Array<number>(10).fill(0);
    for (const number of numbers) tenths[Math.floor(number * 10)] = (tenths[Math.floor(number * 10)] as number) + 1;
    // 10,000 each; six deviations are 570.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(570);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });
});

describe('Random', () => {
  it('fills an array with what it would have given one by one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 50 }), (seed, count) => {
        const random = stream(seed, 'fill');
        const filled = new Float32Array(count);
        random.fill(filled);
        const single = stream(seed, 'fill');
        expect([...filled]).toEqual(Array.from({ length: count }, () => single.uniform()));
        expect(random.next()).toBe(single.next());
      }),
    );
  });

  it('orders every index once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), (seed, count) => {
        const order = stream(seed, 'order').permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
    expect([...stream(1, 'order').permutation(50)]).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('has a normal distribution of mean 0 and deviation 1', () => {
    const random = stream(3, 'normal');
    const numbers = Array.from({ length: 50_000 }, () => random.normal());
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});
