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

  it('rises over as large a share of the steps as it is told, where half an epoch is more', () => {
    const at = (step: number, share?: number) => learningRate(0.01, step, 100, 100, share);
    expect(at(10, 0.2)).toBeLessThan(0.6 * at(10));
    expect(at(20, 0.2)).toBe(at(20));
    expect(at(49, 0.9)).toBeLessThan(at(49));
    expect(at(50, 0.9)).toBe(at(50));
  });

  it('never asks for nothing or for more than the base, however short the training', () => {
    for (const total of [1, 2, 7]) {
      for (const rate of rates(total, 1)) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.01);
      }
    }
  });
});
