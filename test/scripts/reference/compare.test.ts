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

  it('takes a missing number and another shape for infinitely far off', () => {
    const wanted = tensor([[1, 2]]);
    expect(compare('t', { kind: 'tensors' }, wanted, tensor([[1, Number.NaN]])).maxDifference).toBe(Infinity);
    expect(compare('t', { kind: 'tensors' }, wanted, tensor([[1], [2]])).maxDifference).toBe(Infinity);
  });
});
