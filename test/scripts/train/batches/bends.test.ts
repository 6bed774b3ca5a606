import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../scripts/system/random.ts';
import { displacements } from '../../../../scripts/train/batches/bends.ts';

const bent = (seed: number, height = 28, width = 20, most = 2) =>
  displacements(height, width, most, stream(seed, 'bends'));

describe('displacements', () => {
  it('are one for each cell, none above the most, and the same for the same stream', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (seed, height, width) => {
        const all = bent(seed, height, width);
        expect(all).toHaveLength(height * width);
        expect(all.every((value) => Math.abs(value) <= 2)).toBe(true);
        expect(bent(seed, height, width)).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });

  it('move parts against each other, neighbours by about as much', () => {
    const all = bent(1);
    const rows = Array.from({ length: 28 }, (_, y) => [...all.subarray(20 * y, 20 * y + 20)]);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(2);
    // Points lie 19 / 4 cells apart across, and differ by 4 at most.
    const steps = rows.flatMap((row) => row.slice(1).map((value, x) => Math.abs(value - (row[x] as number))));
    expect(Math.max(...steps)).toBeLessThanOrEqual((4 * 4) / 19 + 1e-5);
    expect(bent(2)).not.toEqual(all);
  });
});
