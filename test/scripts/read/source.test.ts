import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isZip, openBytes, openSource } from '../../../scripts/read/source.ts';
import { rawZip } from './containers/zip/zips.ts';

const root = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(root, { recursive: true }));

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
function folder(name: string, files: Record<string, string | Uint8Array>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

describe('a source', () => {
  const files = { 'b.txt': 'b', 'a/c.txt': 'ccc' };

  it('is a folder, a zip or a file, read the same way', async () => {
    const zip = rawZip(Object.entries(files).map(([name, content]) => ({ name, content, deflate: true })));
    const path = folder('plain', { ...files, '.git/config': 'hidden' });
    writeFileSync(join(root, 'model.keras'), zip);
    const sources = [await openSource(path), await openSource(join(root, 'model.keras')), await openBytes('a', zip)];
    expect(sources.map((source) => source.kind)).toEqual(['folder', 'zip', 'zip']);
    for (const source of sources) {
      expect(source.entries).toEqual([
        { name: 'a/c.txt', bytes: 3 },
        { name: 'b.txt', bytes: 1 },
      ]);
      expect(text(await source.read('a/c.txt'))).toBe('ccc');
      expect(text(await source.head('a/c.txt', 2))).toBe('cc');
      await expect(source.read('a/c.txt', 2)).rejects.toMatchObject({ code: 'limit-exceeded' });
      await expect(source.read('../b.txt')).rejects.toMatchObject({ code: 'not-found' });
      await expect(source.head('nothing', 2)).rejects.toMatchObject({ code: 'not-found' });
    }
    const digests = await Promise.all(sources.map((source) => source.digest()));
    expect(new Set(digests).size).toBe(1);
    await Promise.all(sources.map((source) => source.close()));
  });

  it('is a single file under its own name', async () => {
    const path = join(folder('single', { 'weights.h5': '\x89HDF' }), 'weights.h5');
    const source = await openSource(path);
    expect(source).toMatchObject({ kind: 'file', path, entries: [{ name: 'weights.h5', bytes: 5 }] });
    expect(await source.head('weights.h5', 100)).toHaveLength(5);
    const inMemory = await openBytes('x/weights.h5', await source.read('weights.h5'));
    expect(inMemory.entries).toEqual(source.entries);
    expect(await inMemory.digest()).toBe(await source.digest());
  });

  it('has another digest where a name or a byte is another', async () => {
    const digest = async (name: string, content: string) => (await openBytes(name, Buffer.from(content))).digest();
    const all = await Promise.all([digest('a', 'x'), digest('b', 'x'), digest('a', 'y'), digest('a', 'x')]);
    expect(new Set(all).size).toBe(3);
    expect(all[0]).toBe(all[3]);
  });

  it('may be named through a symlink, and holds none', async () => {
    const path = folder('links', { 'a.txt': 'a' });
    symlinkSync(path, join(root, 'link'));
    expect((await openSource(join(root, 'link'))).entries).toHaveLength(1);
    symlinkSync('/etc/hostname', join(path, 'b.txt'));
    await expect(openSource(path)).rejects.toMatchObject({ code: 'file-hostile' });
  });

  it('refuses a file that became a symlink after it was listed', async () => {
    const path = folder('swapped', { 'a.txt': 'a' });
    const source = await openSource(path);
    rmSync(join(path, 'a.txt'));
    symlinkSync('/etc/hostname', join(path, 'a.txt'));
    await expect(source.read('a.txt')).rejects.toMatchObject({ code: 'file-hostile' });
  });

  it.skipIf(process.platform === 'win32')('refuses pipes, which would never end', async () => {
    const path = folder('pipes', {});
    execFileSync('mkfifo', [join(path, 'pipe')]);
    await expect(openSource(path)).rejects.toMatchObject({ code: 'file-hostile' });
    await expect(openSource(join(path, 'pipe'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('says what cannot be read', async () => {
    await expect(openSource(join(root, 'nowhere'))).rejects.toMatchObject({
      name: 'ImportError',
      code: 'not-found',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('refuses folders deeper than those of models', async () => {
    const deep = folder('deep', {});
    mkdirSync(join(deep, 'd/'.repeat(40)), { recursive: true });
    await expect(openSource(deep)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('is a zip by its first bytes alone', () => {
    expect(isZip(rawZip([]))).toBe(true);
    expect(isZip(rawZip([{ name: 'a' }]))).toBe(true);
    expect(isZip(Buffer.from('PK and so on'))).toBe(false);
  });
});
