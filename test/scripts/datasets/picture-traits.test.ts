import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPictures, pictureTraits } from '../../../scripts/datasets/index.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'picture-traits-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Noise of one grey, or of three colours, in two classes. */
async function traits(name: string, side: number, { colours = 0, channels = 3 as 1 | 3 } = {}) {
  for (const label of ['a', 'b']) {
    await mkdir(join(root, name, label), { recursive: true });
    for (let i = 0; i < 3; i++) {
      const pixels = Buffer.from(
        Array.from({ length: side * side * channels }, (_, at) => {
          const grey = (Math.floor(at / channels / 9) * 7919 + i) % 200;
          return i < colours ? (grey + (at % channels) * 25) % 256 : grey;
        }),
      );
      const picture = sharp(pixels, { raw: { width: side, height: side, channels } });
      await picture.jpeg({ quality: 80 }).toFile(join(root, name, label, `${i}.jpg`));
    }
    await writeFile(join(root, name, label, 'broken.jpg'), 'no picture');
  }
  const found = await findPictures(join(root, name));
  return pictureTraits(found?.pictures ?? []);
}

it('sees how large pictures are, and whether any shows a colour', async () => {
  expect(await traits('grey', 30)).toEqual({ side: 30, grey: true });
  expect(await traits('one channel', 90, { channels: 1 })).toEqual({ side: 90, grey: true });
  expect(await traits('one of three in colour', 90, { colours: 1 })).toEqual({ side: 90, grey: false });
});

it('says nothing of pictures that cannot be read', async () => {
  const nothing = { path: join(root, 'nothing.jpg'), file: 'nothing.jpg', label: 'a', split: undefined };
  expect(await pictureTraits([nothing])).toBeUndefined();
});
