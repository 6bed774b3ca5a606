import { describe, expect, it } from 'vitest';
import { doubles } from '../../../../scripts/reference/evaluator/doubles.ts';
import { einsum, matmul } from '../../../../scripts/reference/evaluator/einsum.ts';

const a = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
const b = doubles([3, 2], [1, 0, 2, 1, 0, 3]);

describe('matmul', () => {
  it('multiplies matrices, batches that broadcast, and vectors', () => {
    expect(matmul(a, b)).toEqual(doubles([2, 2], [5, 11, 14, 23]));
    expect(matmul(doubles([1, 2, 3], a.data), doubles([2, 3, 1], [1, 1, 1, 0, 1, 0])).data).toEqual(
      Float64Array.of(6, 15, 2, 5),
    );
    expect(matmul(doubles([3], [1, 2, 3]), b)).toEqual(doubles([2], [5, 11]));
    expect(matmul(a, doubles([3], [1, 0, 1]))).toEqual(doubles([2], [4, 10]));
  });

  it('refuses matrices that do not fit', () => {
    expect(() => matmul(a, a)).toThrow(/3 rows/);
  });
});

describe('einsum', () => {
  it.each([
    ['ij,jk->ik', [a, b], [5, 11, 14, 23]],
    ['ij,jk', [a, b], [5, 11, 14, 23]],
    ['ij->ji', [a], [1, 4, 2, 5, 3, 6]],
    ['ij->', [a], [21]],
    ['ij->j', [a], [5, 7, 9]],
    ['ij,ij->i', [a, a], [14, 77]],
    ['i,j->ij', [doubles([2], [1, 2]), doubles([2], [3, 4])], [3, 4, 6, 8]],
    ['ii->i', [doubles([2, 2], [1, 2, 3, 4])], [1, 4]],
    ['...j,jk->...k', [a, b], [5, 11, 14, 23]],
    ['ij,jk,kl->il', [a, b, doubles([2, 1], [1, 1])], [16, 37]],
  ])('%s', (equation, operands, wanted) => {
    expect(Array.from(einsum(equation, operands).data)).toEqual(wanted);
  });
});
