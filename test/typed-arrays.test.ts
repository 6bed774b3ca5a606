import { expect, it } from 'vitest';

it('compares arrays of numbers as vitest does', () => {
  const numbers = Float32Array.of(1, 2, Number.NaN, -0);
  expect(numbers).toEqual(numbers.slice());
  expect(numbers.subarray(1)).toEqual(Float32Array.of(0, 2, Number.NaN, -0).subarray(1));
  expect(numbers).not.toEqual(Float32Array.of(1, 2, Number.NaN, 0));
  expect(numbers).not.toEqual(Float32Array.of(1, 2, Number.NaN));
  expect(Float32Array.of(1)).toStrictEqual(Float32Array.of(1));
  expect({ deep: [Uint8Array.of(1, 2)] }).toEqual({ deep: [Uint8Array.of(1, 2)] });
  expect({ deep: [Uint8Array.of(1, 2)] }).not.toEqual({ deep: [Uint8Array.of(1, 3)] });
  expect(Float32Array.of(0)).not.toStrictEqual(Int32Array.of(0));
});
