import { describe, expect, it } from 'vitest';
import { axisPadding, windowAttributes, windowOutput } from '../../../scripts/onnx/window.ts';

describe('axisPadding', () => {
  // https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
  it.each([
    { size: 5, kernel: 3, stride: 1, expected: [1, 1] },
    { size: 6, kernel: 3, stride: 2, expected: [0, 1] },
    { size: 7, kernel: 3, stride: 2, expected: [1, 1] },
    { size: 8, kernel: 2, stride: 1, expected: [0, 1] },
    { size: 8, kernel: 4, stride: 1, expected: [1, 2] },
    { size: 8, kernel: 1, stride: 3, expected: [0, 0] },
    { size: 10, kernel: 2, stride: 3, expected: [0, 1] },
  ])('puts the odd cell behind: $size, kernel $kernel, stride $stride', ({ size, kernel, stride, expected }) => {
    expect(axisPadding(size, kernel, stride)).toEqual(expected);
  });

  it('counts the holes of a dilated kernel', () => {
    expect(axisPadding(9, 3, 1, 2)).toEqual([2, 2]);
  });

  it('is known for a free axis only where it depends on no size', () => {
    expect(axisPadding(null, 3, 1)).toEqual([1, 1]);
    expect(axisPadding(null, 3, 2)).toBeUndefined();
  });
});

describe('windowOutput', () => {
  const window = { kernel: [3, 3], strides: [2, 2] };
  it('answers sizes as TensorFlow does and keeps free axes free', () => {
    expect(windowOutput([9, 8], { ...window, padding: 'valid' })).toEqual([4, 3]);
    expect(windowOutput([9, null], { ...window, padding: 'same' })).toEqual([5, null]);
  });
});

describe('windowAttributes', () => {
  it('writes ONNX pads as all begins, then all ends', () => {
    const window = { kernel: [3, 3], strides: [2, 2], padding: 'same' } as const;
    expect(windowAttributes([6, 7], window)).toMatchObject({ pads: [0, 1, 1, 1] });
  });

  it('leaves a free axis to the run', () => {
    const window = { kernel: [3, 3], strides: [2, 2], padding: 'same' } as const;
    expect(windowAttributes([null, 7], window)).toMatchObject({ auto_pad: 'SAME_UPPER' });
  });
});
