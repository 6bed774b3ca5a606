import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyOf } from '../../../scripts/evaluate/interval.ts';

describe('accuracyOf', () => {
  // statsmodels.stats.proportion.proportion_confint(right, count, method='wilson')
  it.each([
    [8, 10, 0.4901625, 0.9433178],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [1, 1, 0.2065493, 1],
    [9_800, 10_000, 0.9770661, 0.9825653],
  ])('%i of %i lie between %f and %f', (right, count, low, high) => {
    const found = accuracyOf(right, count);
    expect(found.accuracy).toBe(right / count);
    expect(found.accuracyLow).toBeCloseTo(low, 6);
    expect(found.accuracyHigh).toBeCloseTo(high, 6);
  });

  it('holds the share, within 0 and 1, and is narrower for more samples', () => {
    const cases = fc.integer({ min: 1, max: 5_000 }).chain((count) => fc.tuple(fc.nat(count), fc.constant(count)));
    fc.assert(
      fc.property(cases, ([right, count]) => {
        const { accuracy, accuracyLow, accuracyHigh } = accuracyOf(right, count);
        expect(accuracyLow).toBeGreaterThanOrEqual(0);
        expect(accuracyLow).toBeLessThanOrEqual(accuracy);
        expect(accuracyHigh).toBeGreaterThanOrEqual(accuracy);
        expect(accuracyHigh).toBeLessThanOrEqual(1);
        const more = accuracyOf(right * 4, count * 4);
        expect(more.accuracyHigh - more.accuracyLow).toBeLessThan(accuracyHigh - accuracyLow);
      }),
    );
  });
});
