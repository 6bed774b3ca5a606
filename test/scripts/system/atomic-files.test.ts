import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimFolder,
  isStale,
  makeTemporaryFolder,
  namesIn,
  replaceFile,
  STALE_MS,
  sweepTemporary,
  syncFolder,
} from '../../../scripts/system/atomic-files.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-atomic-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('claimFolder', () => {
  it('gives a name to one of many, and leaves the others as they were', async () => {
    const target = join(root, 'claimed');
    const folders = await Promise.all(Array.from({ length: 8 }, () => makeTemporaryFolder(join(root, 'claims'))));
    await Promise.all(folders.map((folder) => writeFile(join(folder, 'who'), folder)));
    const won = await Promise.all(folders.map((folder) => claimFolder(folder, target)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readFile(join(target, 'who'), 'utf8')).toBe(folders[won.indexOf(true)]);
    expect(await readdir(join(root, 'claims'))).toHaveLength(7);
  });

  it('fails for any other reason as the file system says', async () => {
    const folder = await makeTemporaryFolder(root);
    await expect(claimFolder(folder, join(root, 'absent', 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('replaceFile', () => {
  it('shows a reader one whole content or the other, never a mixture, and leaves nothing behind', async () => {
    const file = join(root, 'file');
    const temporaries = join(root, 'temporaries');
    const contents = ['a', 'b'].map((letter) => letter.repeat(20_000));
    await replaceFile(file, contents[0] ?? '', { scratch: join(temporaries, 'a') });
    let writing = true;
    const reader = (async () => {
      const seen = new Set<string>();
      while (writing) seen.add(await readFile(file, 'utf8'));
      return seen;
    })();
    for (let i = 0; i < 30; i++) await replaceFile(file, contents[i % 2] ?? '', { scratch: join(temporaries, 'a') });
    writing = false;
    for (const content of await reader) expect(contents).toContain(content);
    expect(await readdir(temporaries)).toEqual([]);
  });

  it('leaves the old content and nothing temporary where it fails', async () => {
    const folder = join(root, 'a-folder');
    await mkdir(join(folder, 'full'), { recursive: true });
    await expect(replaceFile(folder, 'x', { scratch: join(root, 'others', 'a') })).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['full']);
    expect(await readdir(join(root, 'others'))).toEqual([]);
  });
});

describe('replaceFile beside its file', () => {
  it('writes all parts, over what was there', async () => {
    const folder = join(root, 'beside', 'deep');
    const file = join(folder, 'file');
    await replaceFile(file, [Buffer.from('old and long')]);
    await replaceFile(file, [Buffer.from('new'), Buffer.from('!')], { mode: 0o600 });
    expect(await readFile(file, 'utf8')).toBe('new!');
    expect(await readdir(folder)).toEqual(['file']);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind where it cannot write', async () => {
    const folder = join(root, 'blocked');
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(replaceFile(join(folder, 'taken'), [Buffer.from('x')])).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe.skipIf(process.platform === 'win32')('replaceFile (skipped on Windows: it has no such files)', () => {
  it('replaces what a link leads to, and keeps the link', async () => {
    const [target, link] = [join(root, 'target'), join(root, 'link')];
    await writeFile(target, 'old');
    await symlink('target', link);
    await replaceFile(link, 'new');
    expect([await readFile(target, 'utf8'), await readlink(link)]).toEqual(['new', 'target']);
  });

  it('writes to a pipe or a device, and never puts a file in its place', async () => {
    const pipe = join(root, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = readFile(pipe, 'utf8');
    await replaceFile(
      pipe,
      ['a', 'b'].map((letter) => Buffer.from(letter)),
    );
    expect([await reader, (await stat(pipe)).isFIFO()]).toEqual(['ab', true]);
  });
});

describe('sweeping', () => {
  it('takes what is older than the limit and nothing else', async () => {
    const parent = join(root, 'sweep');
    const [old, young] = [await makeTemporaryFolder(parent), await makeTemporaryFolder(parent)];
    await writeFile(join(old, 'file'), 'x');
    const seconds = (Date.now() - STALE_MS - 1000) / 1000;
    await utimes(old, seconds, seconds);
    expect(await Promise.all([isStale(old), isStale(young), isStale(join(root, 'absent'))])).toEqual([
      true,
      false,
      false,
    ]);
    await sweepTemporary(parent);
    expect(await namesIn(parent)).toEqual([young.slice(parent.length + 1)]);
  });
});

it('a folder that is not there has no names and needs no syncing', async () => {
  expect(await namesIn(join(root, 'absent'))).toEqual([]);
  await syncFolder(join(root, 'absent'));
});
