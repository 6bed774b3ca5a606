import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listExamples } from '../../../scripts/evaluate/examples.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-examples-'));
  await mkdir(join(root, 'photos', 'gnome', 'deep'), { recursive: true });
  await mkdir(join(root, 'photos', '.cache'));
  await mkdir(join(root, 'photos', 'not'));
  for (const file of ['gnome/b.jpg', 'gnome/a.jpg', 'gnome/deep/c.jpg', 'not/d.jpg', '.cache/x.jpg', 'loose.jpg']) {
    await writeFile(join(root, 'photos', file), '');
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('listExamples', () => {
  it('takes each subfolder as a class, deeper files too, in one order; names loose ones', async () => {
    const photos = join(root, 'photos');
    expect(await listExamples(photos)).toEqual({
      examples: [
        { file: join(photos, 'gnome', 'a.jpg'), label: 'gnome' },
        { file: join(photos, 'gnome', 'b.jpg'), label: 'gnome' },
        { file: join(photos, 'gnome', 'deep', 'c.jpg'), label: 'gnome' },
        { file: join(photos, 'not', 'd.jpg'), label: 'not' },
      ],
      unreadable: [{ file: join(photos, 'loose.jpg'), reason: 'not in a class folder' }],
    });
  });

  it.each([
    [['Train', 'valid', 'test'], 'test', 'test'],
    [['train', 'val'], 'validation', 'val'],
  ])('takes of %j what training has seen least of: %s', async (folders, split, taken) => {
    const parted = await mkdtemp(join(root, 'parted-'));
    for (const folder of folders) {
      await mkdir(join(parted, folder, 'gnome'), { recursive: true });
      await writeFile(join(parted, folder, 'gnome', 'a.jpg'), '');
    }
    const examples = [{ file: join(parted, taken, 'gnome', 'a.jpg'), label: 'gnome' }];
    expect(await listExamples(parted)).toEqual({ examples, unreadable: [], split });
  });

  it.skipIf(process.platform === 'win32')(
    'ends where a link leads back up (skipped on Windows: links need rights)',
    async () => {
      const looped = join(root, 'looped');
      await mkdir(join(looped, 'gnome'), { recursive: true });
      await symlink(looped, join(looped, 'gnome', 'up'));
      await symlink(join(root, 'photos', 'loose.jpg'), join(looped, 'gnome', 'link.jpg'));
      await symlink(join(root, 'nowhere.jpg'), join(looped, 'gnome', 'broken.jpg'));
      expect(await listExamples(looped)).toEqual({
        examples: [{ file: join(looped, 'gnome', 'link.jpg'), label: 'gnome' }],
        unreadable: [{ file: join(looped, 'gnome', 'broken.jpg'), reason: 'cannot be opened (ENOENT)' }],
      });
    },
  );

  it('reads a CSV beside its files, with a byte order mark, quotes and further columns', async () => {
    const csv = join(root, 'labels.csv');
    await writeFile(csv, '\ufefflabel,note,file\n gnome ,"a, b",photos/gnome/a.jpg\n"not",,/else/d.jpg\n\n');
    expect(await listExamples(csv)).toEqual({
      examples: [
        { file: join(root, 'photos', 'gnome', 'a.jpg'), label: 'gnome' },
        { file: '/else/d.jpg', label: 'not' },
      ],
      unreadable: [],
    });
  });

  it.each([
    ['a CSV without the columns', 'picture,class\na.jpg,gnome\n', 'labels-not-valid'],
    ['a row without a label', 'file,label\na.jpg,\n', 'labels-not-valid'],
    ['a torn quote', 'file,label\n"a.jpg,gnome\n', 'labels-not-valid'],
    ['no rows', 'file,label\n', 'examples-empty'],
  ])('refuses %s', async (_, content, code) => {
    const csv = join(root, 'wrong.csv');
    await writeFile(csv, content);
    await expect(listExamples(csv)).rejects.toMatchObject({
      code,
      remedy: expect.stringContaining('columns file and label'),
    });
  });

  it('refuses a folder without classes, and what is not there', async () => {
    await expect(listExamples(join(root, 'photos', 'not'))).rejects.toMatchObject({ code: 'examples-empty' });
    await expect(listExamples(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'examples-not-found' });
  });
});
