import { Jimp } from 'jimp';
import { describe, expect, it } from 'vitest';
import { createCanvas } from '../../../../scripts/datasets/gnomes/canvas.ts';
import { develop, developmentOf, imageOf } from '../../../../scripts/datasets/gnomes/develop.ts';

const plain = { blur: 0, noise: 0, quality: 95, format: 'image/png' } as const;

/** Left half black, right half white. */
function halves() {
  const canvas = createCanvas(32, 32);
  for (let at = 0; at < canvas.data.length; at++) canvas.data[at] = Math.floor(at / 3) % 32 < 16 ? 0 : 255;
  return canvas;
}

async function levels(file: Uint8Array) {
  const { bitmap } = await Jimp.read(Buffer.from(file));
  return Array.from({ length: 32 }, (_, x) => bitmap.data[(16 * 32 + x) * 4] as number);
}

describe('develop', () => {
  it('keeps a drawing as it is where nothing is asked', async () => {
    expect(await levels(await develop(halves(), 's', plain))).toEqual([
      ...new Array(16).fill(0),
      ...new Array(16).fill(255),
    ]);
    const canvas = createCanvas(1, 1);
    canvas.data.set([-20, 127.6, 400]);
    expect([...imageOf(canvas).bitmap.data]).toEqual([0, 128, 255, 255]);
  });

  it('blurs edges and adds noise, the same each time', async () => {
    const blurred = await levels(await develop(halves(), 's', { ...plain, blur: 2 }));
    expect(blurred[15]).toBeGreaterThan(20);
    expect(blurred[16]).toBeLessThan(235);
    const grey = createCanvas(32, 32);
    grey.data.fill(128);
    const noisy = await develop(grey, 's', { ...plain, noise: 8 });
    const spread = (await levels(noisy)).map((level) => level - 128);
    expect(Math.max(...spread.map(Math.abs))).toBeLessThan(40);
    expect(new Set(spread).size).toBeGreaterThan(5);
    expect(await develop(grey, 's', { ...plain, noise: 8 })).toEqual(noisy);
    expect(await develop(grey, 't', { ...plain, noise: 8 })).not.toEqual(noisy);
  });

  it('writes the format it is asked for', async () => {
    const png = await develop(halves(), 's', plain);
    const jpeg = await develop(halves(), 's', { ...plain, format: 'image/jpeg' });
    expect([...png.subarray(0, 2)]).toEqual([0x89, 0x50]);
    expect([...jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });
});

describe('developmentOf', () => {
  it('is sharp mostly, never beyond recognition', () => {
    const all = Array.from({ length: 200 }, (_, scene) => developmentOf(`${scene}`, 96));
    const blurred = all.filter(({ blur }) => blur > 0).length;
    expect(blurred).toBeGreaterThan(30);
    expect(blurred).toBeLessThan(90);
    expect(Math.max(...all.map(({ blur }) => blur))).toBe(1);
    expect(Math.max(...all.map(({ noise }) => noise))).toBeLessThan(9);
    expect(developmentOf('1', 96)).toEqual(all[1]);
  });
});
