import { describe, expect, it } from 'vitest';
import { areaUnder, thinned, unknownCurve } from '../../../../scripts/report/numbers/unknown-curve.ts';

describe('the curve of "none of these"', () => {
  it('goes through every threshold, equal scores at once', () => {
    expect(unknownCurve([1, 2], [2, 3])).toEqual([
      { recall: 0, falseAccepts: 0 },
      { recall: 0.5, falseAccepts: 0 },
      { recall: 1, falseAccepts: 0.5 },
      { recall: 1, falseAccepts: 1 },
    ]);
  });

  it.each([
    ['all apart', [1, 2], [3, 4], 1],
    ['the wrong way round', [3, 4], [1, 2], 0],
    ['all the same', [1, 1], [1, 1], 0.5],
    // Of four pairs three are in order, and one is equal: (3 + 0.5) / 4.
    ['one pair equal', [1, 2], [2, 3], 0.875],
  ])('has the share of pairs in order as its area: %s', (_, own, others, area) => {
    expect(areaUnder(unknownCurve(own, others))).toBeCloseTo(area, 12);
  });

  it('keeps both ends when it is thinned', () => {
    const curve = unknownCurve(
      Array.from({ length: 5_000 }, (_, n) => n),
      [10_000],
    );
    const few = thinned(curve);
    expect(few.length).toBeLessThan(400);
    expect([few[0], few.at(-1)]).toEqual([curve[0], curve.at(-1)]);
  });
});
