import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../scripts/quantize/ranges/histogram.ts';
import { LEAST_NORMAL } from '../../denormals.ts';

const numbers = fc.array(
  fc
    .float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    .map((value) => (Math.abs(value) < LEAST_NORMAL ? 0 : value)),
  { minLength: 1 },
);

function of(...parts: readonly (readonly number[])[]): Histogram {
  const histogram = new Histogram();
  for (const part of parts) histogram.add(Float32Array.from(part));
  return histogram;
}

describe('a running histogram', () => {
  it('knows the least and the largest number, and zero', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        // Zero has no sign here.
        expect(of(values).ends()).toEqual({ low: Math.min(0, ...values) + 0, high: Math.max(0, ...values) + 0 });
      }),
    );
  });

  it('is the same in any order, and in parts that are put together', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const merged = of(a);
        merged.merge(of(b));
        const wanted = of(a, b);
        for (const share of [0.5, 0.9, 0.9999]) {
          expect(of(b, a).percentile(share)).toEqual(wanted.percentile(share));
          expect(merged.percentile(share)).toEqual(wanted.percentile(share));
        }
      }),
    );
  });

  it('leaves out at most the share that it may', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.5, max: 1, noNaN: true }), (values, share) => {
        const { low, high } = of(values).percentile(share);
        const allowed = (1 - share) * values.length;
        expect(values.filter((value) => value > high).length).toBeLessThanOrEqual(allowed);
        expect(values.filter((value) => value < low).length).toBeLessThanOrEqual(allowed);
      }),
    );
  });

  it.each([2 ** -126, 2 ** -149, -(2 ** -140)])('is the same in any order with %s and zero', (tiny) => {
    const merged = of([tiny]);
    merged.merge(of([0]));
    for (const share of [0.5, 0.9999]) {
      expect(merged.percentile(share)).toEqual(of([0, tiny]).percentile(share));
      expect(merged.percentile(share)).toEqual(of([tiny], [0]).percentile(share));
    }
  });

  it('leaves out one in ten thousand', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => (i === 7 ? 1000 : i / 20_000));
    expect(of(values).percentile(0.9999).high).toBeLessThan(2);
    expect(of(values).ends().high).toBe(1000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is told of %s', (value) => {
    expect(of([1, value, 2]).finite).toBe(false);
    expect(of([1, 2]).finite).toBe(true);
  });
});
