import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packFile, readPack, writePack } from '../../../../scripts/datasets/folder/pack.ts';
import { temporaryFolder } from '../picture-files.ts';

const input = {
  height: 1,
  width: 2,
  channels: 3,
  colour: 'rgb',
  resize: 'cover',
  crop: 1,
  kernel: 'cubic',
  invert: false,
} as const;
const digest = (sign: string) => sign.repeat(64);

describe('pack', () => {
  it('gives back what was put in, and nothing else', async () => {
    const file = packFile(await temporaryFolder(), '/data', input);
    await writePack(
      file,
      new Map([
        [digest('a'), Uint8Array.of(1, 2, 3, 4, 5, 6)],
        [digest('b'), new Uint8Array(6).fill(9)],
      ]),
    );
    const pack = await readPack(file, 6);
    expect(pack.size).toBe(2);
    expect([...(pack.get(digest('a')) ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(pack.get(digest('b')) ?? [])]).toEqual([9, 9, 9, 9, 9, 9]);
    expect(pack.get(digest('c'))).toBeUndefined();
  });

  it('has another file for another folder or shape', () => {
    const names = [
      packFile('/cache', '/data', input),
      packFile('/cache', '/other', input),
      packFile('/cache', '/data', { ...input, crop: 0.9 }),
      packFile('/cache', '/data', { ...input, width: 3 }),
    ];
    expect(new Set(names).size).toBe(4);
  });

  it('counts as empty where it is absent, cut off, of another size or no pack', async () => {
    const file = join(await temporaryFolder(), 'x.pack');
    expect((await readPack(file, 6)).size).toBe(0);
    await writePack(file, new Map([[digest('a'), new Uint8Array(6)]]));
    expect((await readPack(file, 7)).size).toBe(0);
    await truncate(file, (await readFile(file)).length - 1);
    expect((await readPack(file, 6)).size).toBe(0);
    await writeFile(file, 'something else entirely, and long enough');
    expect((await readPack(file, 6)).size).toBe(0);
    await writeFile(file, '');
    expect((await readPack(file, 6)).size).toBe(0);
  });
});
