import { describe, expect, it } from 'vitest';
import { learningRate } from '../../../scripts/train/schedule.ts';

const rates = (total: number, perEpoch: number) =>
  Array.from({ length: total }, (_, step) => learningRate(0.01, step, total, perEpoch));

describe('learningRate', () => {
  it('rises for half an epoch, then falls to a thousandth', () => {
    const all = rates(1000, 100);
    const highest = all.indexOf(Math.max(...all));
    expect(highest).toBeGreaterThan(40);
    expect(highest).toBeLessThanOrEqual(50);
    expect(all[0]).toBeCloseTo(0.001, 4);
    expect(all[highest]).toBeGreaterThan(0.0098);
    expect(all.at(-1)).toBeLessThan(0.00002);
    expect(all.slice(highest).every((rate, i, rest) => i === 0 || rate < (rest[i - 1] as number))).toBe(true);
  });

  it('goes straight down after a fifth of all steps where it is told so', () => {
    const all = Array.from({ length: 100 }, (_, step) => learningRate(0.01, step, 100, 100, 'straight'));
    expect(all[0]).toBeCloseTo(0.001, 9);
    expect(all.indexOf(Math.max(...all))).toBe(20);
    expect(all[20]).toBeCloseTo(0.01, 9);
    expect(all[60]).toBeCloseTo(0.005, 9);
    expect(all[99]).toBeCloseTo(0.000125, 9);
  });

  it('never asks for nothing or for more than the base, however short the training', () => {
    for (const total of [1, 2, 7]) {
      const straight = rates(total, 1).map((_, step) => learningRate(0.01, step, total, 1, 'straight'));
      for (const rate of [...rates(total, 1), ...straight]) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.01);
      }
    }
  });
});
