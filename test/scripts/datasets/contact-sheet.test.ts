import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Jimp } from 'jimp';
import { describe, expect, it } from 'vitest';
import { contactSheet, writeSheet } from '../../../scripts/datasets/contact-sheet.ts';
import type { PictureDataset } from '../../../scripts/datasets/index.ts';
import { temporaryFolder } from './picture-files.ts';

function tiny(colour: 'rgb' | 'bgr' | 'grey', pixels: number[], invert = false): PictureDataset {
  const channels = colour === 'grey' ? 1 : 3;
  const split = { count: 2, pixels: Uint8Array.from(pixels), classes: Int32Array.from([1, 0]) };
  const input = { height: 1, width: 1, channels, colour, resize: 'cover', crop: 1, kernel: 'cubic', invert } as const;
  return {
    kind: 'pictures',
    name: 'tiny',
    labels: ['a', 'b'],
    input,
    splits: { train: split, validation: split, test: split },
    digest: '',
    skipped: [],
  };
}

async function colours(dataset: PictureDataset) {
  const { bitmap } = await Jimp.read(Buffer.from(await contactSheet(dataset, 'test', 2)));
  expect([bitmap.width, bitmap.height]).toEqual([2, 2]);
  const at = (x: number, y: number) => [...bitmap.data.subarray((y * 2 + x) * 4, (y * 2 + x) * 4 + 3)];
  return [at(0, 0), at(0, 1), at(1, 0)];
}

describe('contactSheet', () => {
  it('puts each label in its row, in the colours of the picture', async () => {
    const white = [255, 255, 255];
    expect(await colours(tiny('rgb', [1, 2, 3, 10, 20, 30]))).toEqual([[10, 20, 30], [1, 2, 3], white]);
    expect(await colours(tiny('bgr', [1, 2, 3, 10, 20, 30]))).toEqual([[30, 20, 10], [3, 2, 1], white]);
    expect(await colours(tiny('grey', [7, 200], true))).toEqual([[55, 55, 55], [248, 248, 248], white]);
  });
});

describe('writeSheet', () => {
  it('writes a PNG, and refuses a table', async () => {
    const file = join(await temporaryFolder(), 'sheet.png');
    await writeSheet(tiny('grey', [7, 200]), file);
    expect((await readFile(file)).subarray(1, 4).toString('latin1')).toBe('PNG');
    const split = { count: 0, features: new Float32Array(), target: new Float32Array() };
    const table = {
      kind: 'table',
      notes: [],
      name: 't',
      features: [],
      target: { name: 'y', unit: '', min: 0, max: 1 },
      splits: { train: split, validation: split, test: split },
      digest: '',
      skipped: [],
    } as const;
    await expect(writeSheet({ ...table, features: [], skipped: [] }, file)).rejects.toMatchObject({
      code: 'used-wrongly',
    });
  });
});
