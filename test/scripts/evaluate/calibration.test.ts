import { describe, expect, it } from 'vitest';
import { reliability } from '../../../scripts/evaluate/calibration.ts';

const answers = (count: number, right: number, probability: number) =>
  Array.from({ length: count }, (_, index) => ({ probability, right: index < right }));

describe('reliability', () => {
  it('is without error where answers are right as often as they are sure', () => {
    const { error, bins } = reliability([...answers(10, 9, 0.9), ...answers(10, 5, 0.5)]);
    expect(error).toBeCloseTo(0, 12);
    expect(bins.filter(({ count }) => count > 0)).toMatchObject([
      { count: 10, right: 5, probability: 0.5 },
      { count: 10, right: 9 },
    ]);
  });

  it('weighs the difference of each bin with its answers', () => {
    // 30 answers that are 0.4 too sure, 10 that are 0.2 not sure enough: (30 * 0.4 + 10 * 0.2) / 40.
    expect(reliability([...answers(30, 15, 0.9), ...answers(10, 8, 0.6)]).error).toBeCloseTo(0.35, 12);
  });

  it('does not let bins make up for each other, and holds 0 and 1', () => {
    const { error, bins } = reliability([...answers(10, 0, 1), ...answers(10, 10, 0)]);
    expect(error).toBe(1);
    expect([bins[0]?.count, bins[14]?.count]).toEqual([10, 10]);
  });

  it('has no error without answers', () => {
    expect(reliability([]).error).toBeNull();
  });
});
