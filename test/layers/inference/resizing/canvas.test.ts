import { describe, expect, it } from 'vitest';
import { drawOnCanvas, placementOf } from '../../../../layers/inference/src/resizing/canvas.ts';

/** A black picture with one white column, drawn narrower: red of the first row. */
function column(width: number, at: number, to: number): number[] {
  const height = 16;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) data.fill(255, (y * width + at) * 3, (y * width + at + 1) * 3);
  const scaled = { width: to, height: Math.floor((height * to) / width) };
  const drawn = drawOnCanvas({ data, width, height, channels: 3 }, { ...scaled, scaled, left: 0, top: 0 });
  return Array.from({ length: to }, (_, x) => drawn[x * 3] as number);
}

describe('drawOnCanvas', () => {
  // What drawImage and getImageData gave in Chromium 156 without a GPU.
  it.each([
    [20, 0, [127, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [20, 12, [0, 0, 0, 0, 0, 0, 127, 0, 0, 0]],
    [21, 1, [116, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [21, 2, [0, 141, 0, 0, 0, 0, 0, 0, 0, 0]],
    [21, 4, [0, 23, 138, 0, 0, 0, 0, 0, 0, 0]],
    [21, 10, [0, 0, 0, 0, 111, 127, 0, 0, 0, 0]],
    [42, 12, [0, 0, 26, 71, 0, 0, 0, 0, 0, 0]],
    [43, 2, [63, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [43, 4, [29, 35, 0, 0, 0, 0, 0, 0, 0, 0]],
    [43, 12, [0, 2, 25, 35, 0, 0, 0, 0, 0, 0]],
  ])('gives the bytes of a browser: column %2$d of %1$d', (width, at, wanted) => {
    for (const [x, value] of column(width, at, 10).entries())
      expect(Math.abs(value - (wanted[x] as number))).toBeLessThanOrEqual(1);
  });

  it('takes what is transparent for black, and keeps the colour of what shines through', () => {
    const data = Uint8Array.of(200, 100, 50, 0, 200, 100, 50, 255, 200, 100, 50, 128);
    const scaled = { width: 3, height: 1 };
    const drawn = drawOnCanvas({ data, width: 3, height: 1, channels: 4 }, { ...scaled, scaled, left: 0, top: 0 });
    expect([...drawn.slice(0, 6)]).toEqual([0, 0, 0, 200, 100, 50]);
    for (const [c, value] of [200, 100, 50].entries())
      expect(Math.abs((drawn[6 + c] as number) - value)).toBeLessThanOrEqual(1);
  });

  it('makes three channels of grey', () => {
    const scaled = { width: 2, height: 1 };
    const picture = { data: Uint8Array.of(7, 9), width: 2, height: 1, channels: 1 };
    expect([...drawOnCanvas(picture, { ...scaled, scaled, left: 0, top: 0 })]).toEqual([7, 7, 7, 9, 9, 9]);
  });
});

describe('placementOf', () => {
  it("cuts the middle as Teachable Machine's library does", () => {
    const to = { width: 224, height: 224, resize: 'cover', crop: 1 } as const;
    expect(placementOf({ width: 500, height: 374 }, to)).toMatchObject({
      scaled: { width: 300, height: 224 },
      left: 38,
      top: 0,
    });
    // 224 / 425 * 425 is a bit more than 224: the library rounds that up too.
    expect(placementOf({ width: 450, height: 425 }, to).scaled).toEqual({ width: 238, height: 225 });
  });

  it('stretches, and cuts a share out of the middle', () => {
    const to = { width: 20, height: 10, resize: 'stretch', crop: 0.5 } as const;
    expect(placementOf({ width: 100, height: 100 }, to)).toEqual({
      width: 20,
      height: 10,
      scaled: { width: 40, height: 20 },
      left: 10,
      top: 5,
    });
  });
});
