import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsBetween, INTERPOLATIONS, nearestCells, resamplingMatrix } from '../../../scripts/onnx/resampling.ts';

function rowsOf(matrix: Float32Array, input: number): number[][] {
  return Array.from({ length: matrix.length / input }, (_, i) => [...matrix.subarray(i * input, (i + 1) * input)]);
}

const side = fc.integer({ min: 1, max: 40 });

describe('resamplingMatrix', () => {
  it('keeps a picture that is all alike as it is, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERPOLATIONS), fc.boolean(), side, side, (method, antialias, input, output) => {
        for (const row of rowsOf(resamplingMatrix(method, antialias, input, output), input)) {
          const sum = row.reduce((total, weight) => total + weight, 0);
          // Lanczos on few cells has weights far above 1 that cancel each other.
          expect(Math.abs(sum - 1)).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('is the identity between equal sizes', () => {
    for (const method of ['nearest', 'bilinear', 'bicubic', 'area'] as const) {
      const rows = rowsOf(resamplingMatrix(method, false, 5, 5), 5);
      expect(rows.map((row) => row.indexOf(1))).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('halves by the mean of two cells with area', () => {
    expect(rowsOf(resamplingMatrix('area', false, 4, 2), 4)).toEqual([
      [0.5, 0.5, 0, 0],
      [0, 0, 0.5, 0.5],
    ]);
  });
});

describe('nearestCells', () => {
  it('takes the cell under the centre', () => {
    expect(nearestCells(7, 3)).toEqual([1, 3, 5]);
    expect(nearestCells(2, 5)).toEqual([0, 0, 1, 1, 1]);
  });
});

describe('cellsBetween', () => {
  it('stays inside', () => {
    expect(cellsBetween(2, 4)).toEqual({ lower: [0, 0, 0, 1], upper: [0, 1, 1, 1], shares: [0.75, 0.25, 0.75, 0.25] });
  });
});
