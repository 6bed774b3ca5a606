import { FreezeframeError } from '@freezeframe/inference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdx } from '../../../../scripts/datasets/mnist/idx.ts';
import { idx } from './idx-files.ts';

describe('parseIdx', () => {
  it('reads shape and values', () => {
    const { shape, data } = parseIdx(idx([2, 1, 3], [1, 2, 3, 4, 5, 6]), 'x', 3);
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads from the middle of a larger buffer', () => {
    const file = idx([2], [7, 8]);
    const larger = Buffer.concat([Buffer.from([9, 9, 9]), file, Buffer.from([9])]);
    expect([...parseIdx(larger.subarray(3, 3 + file.length), 'x', 1).data]).toEqual([7, 8]);
  });

  it.each([
    ['empty', Buffer.alloc(0), 'an IDX header of 8 bytes'],
    ['too short for its header', idx([2], [7, 8]).subarray(0, 7), 'an IDX header of 8 bytes'],
    ['not IDX', Buffer.from('<html>not found</html>'), 'two zero bytes'],
    ['of floats', Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0]), 'unsigned bytes'],
    ['of other dimensions', idx([1, 1], [7]), '1 dimensions'],
    ['cut off', idx([3], [7, 8]), '11 bytes'],
    ['with something behind', idx([1], [7, 8]), '9 bytes'],
    ['claiming nothing', idx([0], []), 'between 1 and'],
    ['claiming 4 G values', idx([0xffffffff], [7]), '4294967303 bytes'],
  ])('refuses a file that is %s', (_what, bytes, message) => {
    expect(() => parseIdx(bytes, 'labels', 1)).toThrow(message);
    expect(() => parseIdx(bytes, 'labels', 1)).toThrow(FreezeframeError);
  });

  it('lets sizes multiply without wrapping around', () => {
    expect(() => parseIdx(idx([0x10000, 0x10000, 1], [7]), 'x', 3)).toThrow('bytes');
    expect(() => parseIdx(idx([0xffffffff, 0xffffffff, 0xffffffff], [7]), 'x', 3)).toThrow('between 1 and');
  });

  it('answers a table or one of our errors for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (tail, dimensions) => {
        const bytes = Uint8Array.of(0, 0, 8, dimensions, ...tail);
        try {
          const { shape, data } = parseIdx(bytes, 'x', dimensions);
          expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          expect(error).toMatchObject({ code: 'idx-invalid' });
        }
      }),
    );
  });
});
