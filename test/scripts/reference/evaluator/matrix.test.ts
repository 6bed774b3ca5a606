import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { product } from '../../../../scripts/reference/evaluator/matrix.ts';

const side = fc.integer({ min: 1, max: 9 });

describe('product', () => {
  it('is what three plain loops give, wherever it is written', () => {
    fc.assert(
      fc.property(side, side, side, fc.integer({ min: 0, max: 3 }), (rows, inner, columns, extra) => {
        const a = Float64Array.from({ length: rows * inner }, (_, i) => ((i * 7) % 11) - 5);
        const b = Float64Array.from({ length: inner * columns }, (_, i) => ((i * 5) % 13) - 6);
        const stride = columns + extra;
        const c = new Float64Array(extra + rows * stride).fill(-1000);
        product(a, b, c, { rows, inner, columns, stride, offset: extra });
        const wanted = new Float64Array(extra + rows * stride).fill(-1000);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            let sum = 0;
            for (let k = 0; k < inner; k++) sum += (a[row * inner + k] as number) * (b[k * columns + column] as number);
            wanted[extra + row * stride + column] = sum;
          }
        }
        expect(c).toEqual(wanted);
      }),
    );
  });
});
