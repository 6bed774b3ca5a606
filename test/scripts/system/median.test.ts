import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from '#system';

describe('median', () => {
  it('is the middle one, or the mean of the middle two', () => {
    expect(median([10, 9, 1])).toBe(9);
    expect(median([4, 100, 2, 1])).toBe(3);
    expect(median([])).toBeNaN();
  });

  it('has as many values below as above, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(median(values.toReversed())).toBe(middle);
      }),
    );
  });
});
