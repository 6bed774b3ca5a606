import { describe, expect, it } from 'vitest';
import { float16ToNumber } from '../../../scripts/tensorflow/float16.ts';

describe('float16ToNumber', () => {
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
    [0x8000, -0],
  ])('reads %d as %d', (bits, value) => {
    expect(float16ToNumber(bits)).toBe(value);
  });
});
