import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanFolder } from '../../../../scripts/datasets/folder/scan.ts';
import { temporaryFolder, writeFiles } from '../picture-files.ts';

const files = (scan: Awaited<ReturnType<typeof scanFolder>>) =>
  scan.pictures.map(({ file, label, split }) => [file, label, split]);

describe('scanFolder', () => {
  it('takes the class from the first folder, sorts, and passes over hidden files and litter', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, {
      'dog/2.jpg': '',
      'dog/1.jpg': '',
      'cat/puppies/3.png': '',
      'cat/.hidden.jpg': '',
      '.git/config': '',
      'cat/Thumbs.db': '',
      '__MACOSX/x.jpg': '',
      '@eaDir/1.jpg': '',
      'dog/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg': '',
      'README.md': '',
      'loose.JPG': '',
    });
    const scan = await scanFolder(root);
    expect(files(scan)).toEqual([
      ['cat/puppies/3.png', 'cat', undefined],
      ['dog/1.jpg', 'dog', undefined],
      ['dog/2.jpg', 'dog', undefined],
    ]);
    expect(scan.labels).toEqual(['cat', 'dog']);
    expect(scan.splits).toEqual([]);
    expect(scan.skipped).toEqual([{ file: 'loose.JPG', reason: 'not in a class folder' }]);
  });

  it('takes two forms of one name in Unicode as one label, and says so', async () => {
    const root = await temporaryFolder();
    const [composed, apart] = ['caf\u00e9', 'cafe\u0301'];
    await writeFiles(root, {
      [`train/${apart}/1.png`]: '',
      'train/tea/2.png': '',
      [`test/${composed}/3.png`]: '',
      'test/tea/4.png': '',
    });
    const scan = await scanFolder(root);
    expect(scan.labels).toEqual([composed, 'tea']);
    expect(files(scan)).toContainEqual([`train/${apart}/1.png`, composed, 'train']);
    expect(scan.notes).toEqual([
      expect.stringMatching(/^Folders of the same name in two forms of Unicode .*: caf\u00e9$/),
    ]);
    await writeFiles(root, { 'plain/cat/1.png': '', 'plain/dog/2.png': '' });
    expect((await scanFolder(join(root, 'plain'))).notes).toEqual([]);
  });

  it('keeps labels of the same letters in another case, and asks', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, { 'Cat/1.png': '', 'cat/2.png': '', 'dog/3.png': '' });
    const scan = await scanFolder(root);
    expect(scan.labels).toEqual(['Cat', 'cat', 'dog']);
    expect(scan.notes).toEqual([
      'Labels that differ in upper and lower case alone: Cat and cat. If they are one class, use one folder.',
    ]);
  });

  it('honours train, validation (or val) and test folders', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, { 'train/a/1.png': '', 'train/b/2.png': '', 'val/a/3.png': '', 'test/b/4.png': '' });
    const scan = await scanFolder(root);
    expect(scan.splits).toEqual(['train', 'validation', 'test']);
    expect(files(scan)).toContainEqual(['val/a/3.png', 'a', 'validation']);
    expect(files(scan)).toContainEqual(['test/b/4.png', 'b', 'test']);
  });

  it('names what may be a picture and lies beside class folders', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, {
      'train/a/1.png': '',
      'train/b/2.png': '',
      'train/3.png': '',
      'test/a/4.png': '',
      'test/_annotations.csv': '',
      'phone.heic': '',
      'data.yaml': '',
    });
    const named = (await scanFolder(root)).skipped.map(({ file }) => file);
    expect(named).toEqual(['phone.heic', 'train/3.png']);
  });

  it('takes train and test for classes where they stand among others', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, { 'train/1.png': '', 'tram/2.png': '' });
    expect((await scanFolder(root)).labels).toEqual(['train', 'tram']);
  });

  it('honours split folders under the names of other tools', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, { 'Train/a/1.png': '', 'Train/b/2.png': '', 'Valid/a/3.png': '', 'README.txt': '' });
    const scan = await scanFolder(root);
    expect(scan.splits).toEqual(['train', 'validation']);
    expect(scan.labels).toEqual(['a', 'b']);
  });

  it('refuses a further folder beside the splits, and says what was seen', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, {
      'train/a/1.png': '',
      'train/b/2.png': '',
      'test/a/3.png': '',
      'extra/a/4.png': '',
      'loose/5.png': '',
    });
    await expect(scanFolder(root)).rejects.toMatchObject({
      code: 'dataset-unusable',
      message: expect.stringContaining('["extra/ (a)", "loose/ (pictures)", "test/ (a)", "train/ (a, b)"]'),
    });
  });

  it('follows links once and ends in a circle', async () => {
    const [root, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await writeFiles(elsewhere, { 'far.png': '' });
    await writeFiles(root, { 'a/1.png': '', 'b/2.png': '' });
    await symlink(join(root, 'a'), join(root, 'a', 'self'));
    await symlink(root, join(root, 'b', 'up'));
    await symlink(elsewhere, join(root, 'b', 'elsewhere'));
    await symlink(join(root, 'nowhere'), join(root, 'b', 'broken.png'));
    const scan = await scanFolder(root);
    expect(files(scan).map(([file]) => file)).toContain('b/elsewhere/far.png');
    expect(files(scan).filter(([file]) => String(file).startsWith('a/'))).toHaveLength(1);
    expect(scan.skipped).toContainEqual({ file: 'b/broken.png', reason: 'cannot be opened (ENOENT)' });
  });

  it('refuses fewer than two classes', async () => {
    const root = await temporaryFolder();
    await writeFiles(root, { '1.png': '' });
    await mkdir(join(root, 'only'));
    await expect(scanFolder(root)).rejects.toMatchObject({
      code: 'dataset-unusable',
      message: 'Expected at least 2 class folders for the data set but received ["only"]',
    });
  });
});
