import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleOf, storeWeights } from '../../../scripts/quantize/write/scales.ts';

const float = (most: number) => fc.float({ noNaN: true, min: -most, max: most });
const none = () => 0;

describe('scales', () => {
  it('reach over a range, and have zero among the bytes', () => {
    fc.assert(
      fc.property(float(1e6), float(1e6), (a, b) => {
        const range = { low: Math.min(0, a, b), high: Math.max(0, a, b) };
        const { scale, zero } = scaleOf(range);
        expect(Number.isInteger(zero) && zero >= 0 && zero <= 255).toBe(true);
        for (const value of [range.low, range.high, 0])
          expect(
            Math.abs((Math.min(Math.max(Math.round(value / scale) + zero, 0), 255) - zero) * scale - value),
          ).toBeLessThanOrEqual(scale * 0.502);
      }),
    );
  });

  it('have a floor', () => {
    expect(scaleOf({ low: 0, high: 0 }).scale).toBeGreaterThan(0);
    expect(scaleOf({ low: 0, high: 0 }).zero).toBe(0);
  });
});

describe('weights', () => {
  it('are off by at most half a step, and their bias by half of its own', () => {
    const row = fc.array(float(10), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), float(100), (all, offset) => {
        const rows = Float32Array.from(all.flat());
        const bias = new Float32Array(all.length).fill(offset);
        const input = { scale: Math.fround(0.02), zero: 3 };
        const stored = storeWeights({ rows, outputs: all.length, bias, meanOf: none }, input);
        if (!stored) throw new Error('they fit');
        for (const [i, value] of rows.entries()) {
          const scale = stored.scales[Math.floor(i / 4)] as number;
          expect(Math.abs((stored.bytes[i] as number) * scale - value)).toBeLessThanOrEqual(scale * 0.501);
        }
        for (const [output, value] of stored.bias.entries()) {
          const step = (stored.scales[output] as number) * input.scale;
          expect(Math.abs(value * step - Math.fround(offset))).toBeLessThanOrEqual(step * 0.501 + 1e-6);
        }
      }),
    );
  });

  it('of nothing but a large bias have a scale with which that fits', () => {
    const bias = Float32Array.from([1e6]);
    const stored = storeWeights(
      { rows: new Float32Array(4), outputs: 1, bias, meanOf: none },
      { scale: 1e-6, zero: 0 },
    );
    expect(Math.abs(stored?.bias[0] as number)).toBeLessThanOrEqual(2 ** 30 * 1.0001);
    expect((stored?.bias[0] as number) * (stored?.scales[0] as number) * 1e-6).toBeCloseTo(1e6, 0);
  });

  it('tell their bias what rounding adds to the mean', () => {
    const rows = Float32Array.from([1, 0.0035]);
    const input = { scale: 0.01, zero: 0 };
    const bias = new Float32Array(1);
    const stored = storeWeights({ rows, outputs: 1, bias, meanOf: (_, position) => position * 4 }, input);
    // The second weight is stored as 0: what is missing is its mean product.
    expect((stored?.bias[0] as number) * (stored?.scales[0] as number) * 0.01).toBeCloseTo(0.0035 * 4, 3);
  });

  it('are refused where a sum of products may leave int32', () => {
    const rows = new Float32Array(70_000).fill(1);
    expect(storeWeights({ rows, outputs: 1, bias: undefined, meanOf: none }, { scale: 1, zero: 0 })).toBeUndefined();
  });
});
