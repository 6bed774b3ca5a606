import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, PngRows } from '../../../../layers/inference/src/heatmap/png.ts';

/** Pixels of which none is as the one beside it. */
function drawing(width: number, height: number) {
  const rows = new PngRows(width, height);
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
  for (let y = 0; y < height; y++) {
    rows.bytes.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), y * rows.stride + 1);
  }
  return { rows, pixels };
}

describe('a PNG', () => {
  it.each([[1, 1], [3, 2], [224, 224], [7, 30_000], [700, 650]])('of %i x %i is read as it was written', async (width, height) => {
    const { rows, pixels } = drawing(width, height);
    const png = await encodePng(rows);
    const { data, info } = await sharp(png, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width, height, channels: 3 });
    expect(Buffer.compare(data, pixels)).toBe(0);
  }); // biome-ignore format: rows

  it('is packed where it is large, so that a response may hold it', async () => {
    const rows = new PngRows(1024, 1024);
    expect((await encodePng(rows)).length).toBeLessThan(100_000);
    expect((await encodePng(new PngRows(224, 224))).length).toBeGreaterThan(150_000);
  });
});
