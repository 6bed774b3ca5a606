import { describe, expect, it } from 'vitest';
import {
  fromTensors,
  initialParameters,
  layOut,
  toTensors,
  totalSize,
} from '../../../../scripts/train/step/parameters.ts';

const layout = layOut([
  { key: 'a/kernel', name: 'kernel', shape: [2, 3], trainable: true, initializer: 'glorot_uniform' },
  { key: 'n/moving_mean', name: 'moving_mean', shape: [3], trainable: false, initializer: 'ones' },
  { key: 'a/bias', name: 'bias', shape: [3], trainable: true, initializer: 'zeros' },
]);

describe('a layout', () => {
  it('puts trained weights end to end, the others in a vector of their own', () => {
    expect(layout.trainable.map(({ key, offset, size }) => [key, offset, size])).toEqual([
      ['a/kernel', 0, 6],
      ['a/bias', 6, 3],
    ]);
    expect(totalSize(layout.fixed)).toBe(3);
  });

  it('takes its vectors apart and together again', () => {
    const first = initialParameters(layout, 5);
    expect(first.fixed).toEqual(new Float32Array([1, 1, 1]));
    expect(first.trainable.slice(0, 6).some((value) => value !== 0)).toBe(true);
    const tensors = toTensors(layout, first);
    expect(tensors.get('a/kernel')?.shape).toEqual([2, 3]);
    expect(fromTensors(layout, tensors)).toEqual(first);
    expect(initialParameters(layout, 5)).toEqual(first);
    expect(initialParameters(layout, 6)).not.toEqual(first);
  });

  it('refuses weights that are missing or of another size', () => {
    const tensors = toTensors(layout, initialParameters(layout, 5));
    tensors.delete('a/bias');
    expect(() => fromTensors(layout, tensors)).toThrow(/weight a\/bias but received undefined/);
    tensors.set('a/bias', { shape: [2], data: new Float32Array(2) });
    expect(() => fromTensors(layout, tensors)).toThrow(/Expected shape \[3\]/);
  });
});
