import { describe, expect, it } from 'vitest';
import type { Metadata } from '../../../../../scripts/read/containers/hdf5/bindings.ts';
import { asFloat32, fixedString } from '../../../../../scripts/read/containers/hdf5/values.ts';

const metadata = (type: number, size: number): Metadata => ({
  type,
  size,
  signed: false,
  vlen: false,
  shape: [1],
  total_size: 1,
  chunks: null,
});

describe('values', () => {
  it('reads text to its first NUL, without the blanks that Fortran adds', () => {
    expect(fixedString(new TextEncoder().encode('abc\0def'))).toBe('abc');
    expect(fixedString(new TextEncoder().encode('abc   '))).toBe('abc');
  });

  it('refuses datatypes that are not numbers', () => {
    expect(() => asFloat32(new Uint8Array(16), metadata(1, 16), 'kernel')).toThrow(
      expect.objectContaining({ code: 'file-damaged' }),
    );
    expect(() => asFloat32(new Uint8Array(4), metadata(7, 4), 'kernel')).toThrow('datatype class 7');
  });
});
