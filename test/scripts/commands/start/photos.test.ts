import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oneOfEach, photosOf } from '../../../../scripts/commands/start/photos.ts';

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
    await writeFile(join(folder, 'cat', file), '');
  expect(await oneOfEach(folder)).toEqual([join(folder, 'cat/2023/7.jpg')]);
});

it('takes one picture of each class to try', async () => {
  for (const label of ['dog', 'cat', 'empty']) await mkdir(join(work, 'photos', label));
  for (const file of ['dog/2.jpg', 'dog/1.png', 'dog/notes.txt', 'cat/3.webp'])
    await writeFile(join(work, 'photos', file), '');
  const folder = join(work, 'photos');
  expect(await oneOfEach(folder)).toEqual([join(folder, 'cat/3.webp'), join(folder, 'dog/1.png')]);
});
