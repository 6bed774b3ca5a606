import { describe, expect, it } from 'vitest';
import { sumDifference } from '../../../../scripts/import/heatmap/check-sums.ts';

const floats = (shape: number[], data: number[]) => ({
  datatype: 'FP32' as const,
  shape,
  data: Float32Array.from(data),
});

describe('the sum of parts', () => {
  const map = floats([2, 1, 2, 2], [1, 2, 3, 4, 0, 8, 2, 0]);
  const kernel = floats([2, 2], [1, -1, 0.5, 2]);
  // The mean parts are [2, 3] and [1, 4].
  const logits = [2 + 1.5 + 7, -2 + 6 - 3, 1 + 2 + 7, -1 + 8 - 3];

  it('is the logit beside a bias', () => {
    expect(sumDifference(map, kernel, floats([4], logits))).toBe(0);
    expect(sumDifference(floats([2, 1, 1, 1], [2, 3]), undefined, floats([2], [5, 6]))).toBe(0);
  });

  it('is another where one number differs, or is none', () => {
    expect(sumDifference(map, kernel, floats([4], logits.with(3, 4.5)))).toBeCloseTo(0.5 / 10.5, 6);
    expect(sumDifference(map, floats([2, 2], [1, -1, 0.6, 2]), floats([4], logits))).toBeGreaterThan(0.005);
    expect(sumDifference(map, kernel, floats([4], logits.with(2, Number.NaN)))).toBeNaN();
  });
});
