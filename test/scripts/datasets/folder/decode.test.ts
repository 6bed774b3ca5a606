import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture } from '@freezeframe/inference';
import { Jimp } from 'jimp';
import { describe, expect, it } from 'vitest';
import { decodePictures } from '../../../../scripts/datasets/folder/decode.ts';
import { hugePng, plainPicture, temporaryFolder, withOrientation, writeFiles } from '../picture-files.ts';

const input = {
  height: 8,
  width: 8,
  channels: 3,
  colour: 'rgb',
  resize: 'cover',
  crop: 1,
  kernel: 'cubic',
  invert: false,
} as const;
const found = (root: string, ...files: string[]) =>
  files.map((file) => ({ path: join(root, file), file, label: 'a', split: undefined }));

describe('decodePictures', () => {
  it('gives the pixels that serving would see', async () => {
    const root = await temporaryFolder();
    const [png, jpeg] = [await plainPicture(1), await plainPicture(2, 'image/jpeg')];
    await writeFiles(root, { '1.png': png, '2.jpg': jpeg });
    const { pictures, pixels, skipped } = await decodePictures(
      found(root, '1.png', '2.jpg'),
      input,
      join(root, 'cache'),
      root,
    );
    expect(skipped).toEqual([]);
    expect(pixels.get(pictures[0]?.digest ?? '')).toEqual(await decodePicture(png, input));
    expect(pixels.get(pictures[1]?.digest ?? '')).toEqual(await decodePicture(jpeg, input));
  });

  it('lists what is no picture, with the reason, and goes on', async () => {
    const root = await temporaryFolder();
    const jpeg = await plainPicture(3, 'image/jpeg');
    await writeFiles(root, {
      'text.jpg': 'not a picture at all',
      'empty.png': '',
      'cut.jpg': jpeg.subarray(0, jpeg.length >> 1),
      'huge.png': hugePng(30_000, 30_000),
      'good.png': await plainPicture(4),
    });
    const names = ['text.jpg', 'empty.png', 'cut.jpg', 'huge.png', 'gone.png', 'good.png'];
    const { pictures, skipped } = await decodePictures(found(root, ...names), input, join(root, 'cache'), root);
    expect(pictures.map(({ file }) => file)).toEqual(['good.png']);
    expect(skipped.map(({ file }) => file)).toEqual(names.slice(0, -1));
    expect(skipped.every(({ reason }) => reason.length > 10 && !reason.includes(root))).toBe(true);
    expect(skipped.find(({ file }) => file === 'gone.png')?.reason).toBe('cannot be read (ENOENT)');
  });

  it('turns a picture as its EXIF orientation says', async () => {
    const root = await temporaryFolder();
    const image = new Jimp({ width: 16, height: 16, color: 0x000000ff });
    for (let y = 0; y < 16; y++) for (let x = 0; x < 8; x++) image.setPixelColor(0xffffffff, x, y);
    const jpeg = await image.getBuffer('image/jpeg', { quality: 95 });
    await writeFiles(root, { 'left.jpg': jpeg, 'turned.jpg': withOrientation(jpeg, 6) });
    const { pictures, pixels } = await decodePictures(
      found(root, 'left.jpg', 'turned.jpg'),
      input,
      join(root, 'cache'),
      root,
    );
    const bright = pictures.map(({ digest }) => {
      const picture = pixels.get(digest) as Uint8Array;
      return {
        topRight: (picture[(1 * 8 + 6) * 3] as number) > 128,
        bottomLeft: (picture[(6 * 8 + 1) * 3] as number) > 128,
      };
    });
    // Orientation 6 turns a quarter clockwise: the bright left half becomes the top half.
    expect(bright).toEqual([
      { topRight: false, bottomLeft: true },
      { topRight: true, bottomLeft: false },
    ]);
  });

  it('decodes only what is new the second time, and forgets what is gone', async () => {
    const root = await temporaryFolder();
    const cache = join(root, 'cache');
    await writeFiles(root, { '1.png': await plainPicture(1), '2.png': await plainPicture(2) });
    const first = await decodePictures(found(root, '1.png', '2.png'), input, cache, root);
    const [name] = await readdir(cache);
    const before = await stat(join(cache, name as string));
    const again = await decodePictures(found(root, '1.png', '2.png'), input, cache, root);
    expect(again.pixels).toEqual(first.pixels);
    expect((await stat(join(cache, name as string))).mtimeMs).toBe(before.mtimeMs);
    await rm(join(root, '2.png'));
    await decodePictures(found(root, '1.png'), input, cache, root);
    expect((await stat(join(cache, name as string))).size).toBeLessThan(before.size);
  });
});
