import { describe, expect, it } from 'vitest';
import { enlarge } from '../../../../layers/inference/src/resizing/enlarge.ts';

const grey = [10, 200, 0, 90, 30, 250, 120, 60, 5, 40, 180, 77];

/** By Pillow 13.0: `Image.fromarray(numpy.uint8(grey).reshape(3, 4)).resize((width, height), filter)`. */
const CASES = [
  {
    kernel: 'linear',
    width: 6,
    height: 5,
    wanted: [
      10, 105, 167, 33, 45, 90, 18, 119, 191, 77, 63, 78, 30, 140, 228, 142, 90, 60, 15, 70, 129, 151, 113, 70, 5, 23,
      63, 157, 129, 77,
    ],
  },
  { kernel: 'linear', width: 6, height: 2, wanted: [18, 119, 190, 74, 62, 79, 14, 67, 126, 151, 115, 71] },
  { kernel: 'linear', width: 3, height: 5, wanted: [67, 100, 63, 79, 134, 69, 96, 185, 78, 47, 140, 96, 15, 110, 108] },
  {
    kernel: 'cubic',
    width: 6,
    height: 5,
    wanted: [
      0, 109, 181, 12, 33, 99, 6, 127, 216, 62, 49, 81, 16, 141, 248, 142, 81, 56, 8, 59, 129, 166, 117, 63, 2, 3, 46,
      172, 138, 71,
    ],
  },
  { kernel: 'cubic', width: 6, height: 2, wanted: [4, 127, 215, 63, 50, 82, 8, 59, 128, 165, 117, 64] },
  { kernel: 'cubic', width: 3, height: 5, wanted: [66, 97, 55, 80, 139, 58, 92, 195, 67, 37, 147, 95, 0, 109, 113] },
  {
    kernel: 'lanczos3',
    width: 6,
    height: 5,
    wanted: [
      0, 111, 178, 11, 22, 109, 2, 140, 231, 64, 32, 88, 6, 141, 255, 153, 69, 58, 7, 51, 135, 181, 119, 57, 6, 0, 43,
      173, 143, 66,
    ],
  },
  { kernel: 'lanczos3', width: 6, height: 2, wanted: [0, 135, 228, 67, 35, 87, 7, 53, 138, 176, 117, 58] },
  { kernel: 'lanczos3', width: 3, height: 5, wanted: [72, 93, 45, 93, 146, 43, 95, 203, 58, 33, 157, 98, 0, 107, 121] },
  {
    kernel: 'nearest',
    width: 6,
    height: 5,
    wanted: [
      10, 200, 200, 0, 0, 90, 10, 200, 200, 0, 0, 90, 30, 250, 250, 120, 120, 60, 5, 40, 40, 180, 180, 77, 5, 40, 40,
      180, 180, 77,
    ],
  },
  { kernel: 'nearest', width: 6, height: 2, wanted: [10, 200, 200, 0, 0, 90, 5, 40, 40, 180, 180, 77] },
  { kernel: 'nearest', width: 3, height: 5, wanted: [10, 0, 90, 10, 0, 90, 30, 120, 60, 5, 180, 77, 5, 180, 77] },
] as const;

describe('enlarge', () => {
  it.each(CASES)('$kernel to $width x $height gives what Pillow gives', ({ kernel, width, height, wanted }) => {
    const picture = { data: Uint8Array.from(grey), width: 4, height: 3, channels: 1 };
    expect([...enlarge(picture, { width, height }, { left: 0, top: 0, width, height }, kernel).data]).toEqual(wanted);
  });

  it('takes each channel by itself', () => {
    const picture = { data: Uint8Array.from(grey.flatMap((value) => [value, 7])), width: 4, height: 3, channels: 2 };
    const size = { width: 6, height: 5 };
    const { data } = enlarge(picture, size, { left: 0, top: 0, ...size }, 'cubic');
    expect([...data].filter((_, i) => i % 2 === 0)).toEqual(CASES[3].wanted);
    expect(new Set([...data].filter((_, i) => i % 2 === 1))).toEqual(new Set([7]));
  });

  it('does so for three colours', () => {
    const colours = grey.flatMap((value) => [value, 255 - value, 7]);
    const picture = { data: Uint8Array.from(colours), width: 4, height: 3, channels: 3 };
    const size = { width: 3, height: 5 };
    const { data } = enlarge(picture, size, { left: 0, top: 0, ...size }, 'lanczos3');
    expect([...data].filter((_, i) => i % 3 === 0)).toEqual(CASES[8].wanted);
    expect(new Set([...data].filter((_, i) => i % 3 === 2))).toEqual(new Set([7]));
  });

  it.each(CASES)('$kernel to $width x $height makes a part of it alone', ({ kernel, width, height, wanted }) => {
    const picture = { data: Uint8Array.from(grey), width: 4, height: 3, channels: 1 };
    const part = { left: 1, top: 1, width: 2, height: 1 };
    const { data } = enlarge(picture, { width, height }, part, kernel);
    expect([...data]).toEqual(wanted.slice(width + 1, width + 3));
  });
});
