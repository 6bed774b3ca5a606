import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dequantizeRows, joinRows, quantizeRows } from '../../../../scripts/quantize/weights/quantized-rows.ts';
import { keepsDenormals } from '../../../denormals.ts';

it('is off by at most half a step of the row', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 6 }), (values) => {
      const rows = Float32Array.from(values);
      const stored = quantizeRows(rows, 3);
      for (const [i, value] of dequantizeRows(stored).entries())
        expect(Math.abs(value - (rows[i] as number))).toBeLessThanOrEqual(
          (stored.scales[Math.floor(i / 3)] as number) * 0.501,
        );
    }),
  );
});

it('keeps the sign of the least numbers that there are', ({ skip }) => {
  skip(!keepsDenormals(), 'a training in this process made zeros of denormal numbers');
  const rows = Float32Array.from([2.4e-43, -2.4e-43, 1.2e-43, 0]);
  expect([...dequantizeRows(quantizeRows(rows, 4))].map(Math.sign)).toEqual([1, -1, 1, 0]);
});

it('joins rows of several parts', () => {
  const [a, b] = [quantizeRows(Float32Array.from([1, 2]), 2), quantizeRows(Float32Array.from([3, 4, 5, 6]), 2)];
  expect([...dequantizeRows(joinRows([a, b]))]).toEqual([...dequantizeRows(a), ...dequantizeRows(b)]);
});
