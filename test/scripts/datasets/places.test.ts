import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { placesOf, writeWhole } from '../../../scripts/datasets/places.ts';
import { temporaryFolder } from './picture-files.ts';

afterEach(() => vi.unstubAllEnvs());

describe('placesOf', () => {
  it('lies in the store, or where one says', () => {
    vi.stubEnv('FREEZEFRAME_STORE', '/somewhere');
    expect(placesOf({})).toEqual({ cache: resolve('/somewhere/cache/datasets'), data: resolve('/somewhere/datasets') });
    expect(placesOf({ cacheDir: '/else' }).cache).toBe(resolve('/else'));
    vi.stubEnv('FREEZEFRAME_STORE', '');
    expect(placesOf({}).data).toBe(resolve('.freezeframe/datasets'));
  });
});

describe('writeWhole', () => {
  it('writes all parts, over what was there', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'deep', 'file');
    await writeWhole(file, [Buffer.from('old and long')]);
    await writeWhole(file, [Buffer.from('new'), Buffer.from('!')]);
    expect(await readFile(file, 'utf8')).toBe('new!');
    expect(await readdir(join(folder, 'deep'))).toEqual(['file']);
  });

  it('leaves nothing behind where it cannot write', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(writeWhole(join(folder, 'taken'), [Buffer.from('x')])).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
