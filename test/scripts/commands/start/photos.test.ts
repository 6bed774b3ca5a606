import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { learntOf } from '#datasets';
import { oneOfEach, photosOf } from '../../../../scripts/commands/start/photos.ts';
import { pictureFolder, plainPicture } from '../../datasets/picture-files.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'freezeframe-photos-'));
  await mkdir(join(work, 'photos'));
  await writeFile(join(work, 'photos/README.md'), '');
});
afterEach(() => rm(work, { recursive: true }));

it('finds no photographs beside a text, and none where no folder is', async () => {
  expect(await photosOf(work)).toBeUndefined();
  expect(await photosOf(join(work, 'elsewhere'))).toBeUndefined();
});

it('finds classes, and pictures that lie in none, which training refuses by name', async () => {
  await writeFile(join(work, 'photos/loose.jpg'), '');
  expect(await photosOf(work)).toEqual({ folder: 'photos', name: 'photos' });
  await mkdir(join(work, 'photos/cat'));
  await writeFile(join(work, 'package.json'), '{"name":"animals"}');
  expect(await photosOf(work)).toEqual({ folder: 'photos', name: 'animals' });
  await writeFile(join(work, 'package.json'), '{"name":"@me/animals"}');
  expect((await photosOf(work))?.name).toBe('photos');
});

it('passes over what a system has put there', async () => {
  const folder = join(work, 'photos');
  await mkdir(join(folder, '__MACOSX'));
  expect(await photosOf(work)).toBeUndefined();
  for (const inner of ['2023', '@eaDir/1.jpg']) await mkdir(join(folder, 'cat', inner), { recursive: true });
  for (const file of ['2023/._7.jpg', '2023/7.jpg', '@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg'])
    await writeFile(join(folder, 'cat', file), await plainPicture(7, 'image/jpeg'));
  expect(await oneOfEach(folder, work)).toEqual([join(folder, 'cat/2023/7.jpg')]);
});

it('takes one picture of each class to try', async () => {
  for (const label of ['dog', 'cat', 'empty']) await mkdir(join(work, 'photos', label));
  for (const file of ['dog/2.png', 'dog/1.png', 'dog/notes.txt', 'cat/3.png'])
    await writeFile(join(work, 'photos', file), await plainPicture(1));
  const folder = join(work, 'photos');
  expect(await oneOfEach(folder, work)).toEqual([join(folder, 'cat/3.png'), join(folder, 'dog/1.png')]);
});

it('takes none that cannot be read: training left it out', async () => {
  const folder = join(work, 'photos');
  await pictureFolder(folder, { cat: 2 });
  await writeFile(join(folder, 'cat/0.png'), 'no picture');
  expect(await oneOfEach(folder, work)).toEqual([join(folder, 'cat/1.png')]);
});

it('takes none that the model has not learnt: training left it out, as it lies in two classes', async () => {
  const folder = join(work, 'photos');
  await pictureFolder(folder, { cat: 3, dog: 3 });
  for (const label of ['cat', 'dog']) await writeFile(join(folder, label, '0.png'), await plainPicture(99));
  const learnt = learntOf(
    await Promise.all(
      ['cat/1.png', 'cat/2.png', 'dog/2.png'].map(async (file) =>
        createHash('sha256')
          .update(await readFile(join(folder, file)))
          .digest('hex'),
      ),
    ),
  );
  expect(await oneOfEach(folder, work, learnt)).toEqual([join(folder, 'cat/1.png'), join(folder, 'dog/2.png')]);
});

it('takes one of each class where folders are splits, not one of each split', async () => {
  const folder = join(work, 'photos');
  for (const split of ['train', 'test']) await pictureFolder(join(folder, split), { cat: 1, dog: 1 });
  const found = await oneOfEach(folder, work);
  expect(found).toEqual([join(folder, 'test/cat/0.png'), join(folder, 'test/dog/0.png')]);
});

it('takes a smaller copy of one that is too large for a request', async () => {
  const folder = join(work, 'photos');
  await mkdir(join(folder, 'cat'));
  const noise = sharp({
    create: {
      width: 2400,
      height: 1200,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
  await noise
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toFile(join(folder, 'cat/1.jpg'));
  expect((await stat(join(folder, 'cat/1.jpg'))).size).toBeGreaterThan(4_700_000);
  const [sent = ''] = await oneOfEach(folder, join(work, 'samples'));
  expect(sent).toBe(join(work, 'samples/cat.jpg'));
  expect((await stat(sent)).size).toBeLessThan(4_000_000);
  expect(await sharp(sent).metadata()).toMatchObject({ width: 800, height: 1600 });
});
