import { describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/reference/compare.ts';

const classes = { kind: 'classification', labels: ['a', 'b'] } as const;

function tensor(rows: readonly (readonly number[])[]) {
  const data = Float32Array.from(rows.flat());
  return { datatype: 'FP32' as const, shape: [rows.length, rows[0]?.length ?? 0], data };
}

describe('compare', () => {
  it('finds the largest difference, where it is, and other first choices', () => {
    const wanted = tensor([
      [0.75, 0.25],
      [0.5, 0.5],
      [0.25, 0.75],
    ]);
    const received = tensor([
      [0.75, 0.25],
      [0.5, 0.5],
      [0.75, 0.25],
    ]);
    expect(compare('p', classes, wanted, received)).toMatchObject({
      maxDifference: 0.5,
      worst: { sample: 2, wanted: 0.25, received: 0.75 },
      top1Different: [2],
    });
  });

  it('divides by the range that values were scaled from', () => {
    const kind = { kind: 'regression', values: [{ name: 'price', min: 100, max: 1100 }] } as const;
    expect(compare('v', kind, tensor([[0.5]]), tensor([[601]])).maxDifference).toBeCloseTo(0.001, 9);
  });

  it('divides by the largest value of outputs that are no probabilities', () => {
    const difference = compare('t', { kind: 'tensors' }, tensor([[200, 1]]), tensor([[200, 2]]));
    expect(difference).toMatchObject({ maxDifference: 1 / 200, classifies: false, top1Different: [] });
  });

  it('takes numbers that are equal but for rounding for a tie, whichever is first', () => {
    const [wanted, received] = [tensor([[0.9284416, 0.9284417]]), tensor([[0.9284417, 0.9284416]])];
    expect(compare('p', classes, wanted, received).top1Different).toEqual([]);
    const half = [tensor([[0.4999999]]), tensor([[0.5000001]])] as const;
    expect(compare('p', classes, ...half).top1Different).toEqual([]);
    // Rounding does not explain this much, however near the numbers are to each other.
    expect(compare('p', classes, tensor([[0.49997, 0.50003]]), tensor([[0.50001, 0.49999]])).top1Different).toEqual([
      0,
    ]);
  });

  it('takes NaN where NaN is right for right, and says where nothing else was', () => {
    const [some, all] = [tensor([[Number.NaN, 1, -Infinity]]), tensor([[Number.NaN, Number.NaN]])];
    expect(compare('t', { kind: 'tensors' }, some, some)).toMatchObject({ maxDifference: 0, onlyNaN: false });
    expect(compare('t', { kind: 'tensors' }, all, all)).toMatchObject({ maxDifference: 0, onlyNaN: true });
    const other = tensor([[2, 1, -Infinity]]);
    expect(compare('t', { kind: 'tensors' }, some, other).maxDifference).toBe(Infinity);
    expect(compare('t', { kind: 'tensors' }, other, some).maxDifference).toBe(Infinity);
  });

  it('compares whole numbers of 64 bits', () => {
    const [wanted, data] = [tensor([[2, 2 ** 20]]), BigInt64Array.of(2n, 2n ** 20n)];
    const received = { datatype: 'INT64' as const, shape: [1, 2], data };
    expect(compare('t', { kind: 'tensors' }, wanted, received).maxDifference).toBe(0);
  });

  it('takes a missing number and another shape for infinitely far off', () => {
    const wanted = tensor([[1, 2]]);
    expect(compare('t', { kind: 'tensors' }, wanted, tensor([[1, Number.NaN]])).maxDifference).toBe(Infinity);
    expect(compare('t', { kind: 'tensors' }, wanted, tensor([[1], [2]])).maxDifference).toBe(Infinity);
  });
});
