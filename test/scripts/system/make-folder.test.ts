import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../scripts/system/make-folder.ts';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'freezeframe-folder-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

describe('makeFolder', () => {
  it('makes a folder and those above it, by many at once, and leaves one that is there', async () => {
    const folder = join(work, 'a/b/c/d');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)));
    await writeFile(join(folder, 'kept'), '');
    await makeFolder(folder);
    await makeFolder('/');
    expect(existsSync(join(folder, 'kept'))).toBe(true);
  });

  it('goes through links, and takes a relative path', async () => {
    await mkdir(join(work, 'real'));
    await symlink(join(work, 'real'), join(work, 'link'));
    await makeFolder(join(work, 'link/inner'));
    expect((await stat(join(work, 'real/inner'))).isDirectory()).toBe(true);
    await makeFolder('scripts/system');
  });

  it('fails where a file or a link to nothing is in the way', async () => {
    await writeFile(join(work, 'file'), '');
    await symlink(join(work, 'nothing/there'), join(work, 'dangling'));
    await expect(makeFolder(join(work, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(work, 'file/below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(makeFolder(join(work, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(work, 'dangling/below'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.skipIf(!existsSync('/proc/self'))('ends below what takes no folders', async () => {
    await expect(makeFolder('/proc/none/a/b')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/none' });
  });

  it('is what all rooms use: a folder that a user names may lie anywhere', () => {
    const scripts = resolve(import.meta.dirname, '../../../scripts');
    const files = readdirSync(scripts, { recursive: true }).map(String);
    const texts = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(join(scripts, file), 'utf8')]);
    expect(texts.length).toBeGreaterThan(500);
    const own = texts.filter(([, text = '']) => /\bmkdir(Sync)?\([^;]*recursive/.test(text)).map(([file]) => file);
    expect(own).toEqual([]);
  });
});
