import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PLAN, ensureSet, tasksOf } from '../../../../scripts/datasets/gnomes/draw-set.ts';
import { gnomes } from '../../../../scripts/datasets/gnomes/gnomes.ts';
import { temporaryFolder } from '../picture-files.ts';

describe('gnomes', () => {
  it('loads a drawn set by its folders, and draws nothing that is there', async () => {
    const cacheDir = await temporaryFolder();
    const folder = join(cacheDir, 'drawn', 'gnomes-3');
    const small = { ...DEFAULT_PLAN, seed: 3, side: 16, counts: { train: 4, validation: 2, test: 2 } };
    await ensureSet(folder, small);
    // Passed off as the full set, so that the test need not draw 1,600 pictures.
    await writeFile(join(folder, 'about.json'), JSON.stringify({ ...DEFAULT_PLAN, seed: 3 }));
    const dataset = await gnomes.load('gnomes', { cacheDir, seed: 3, size: 16 });
    expect(dataset).toMatchObject({
      kind: 'pictures',
      name: 'gnomes',
      labels: ['garden-gnome', 'not-a-garden-gnome'],
      skipped: [],
    });
    const { train, validation, test } = dataset.splits;
    expect([train.count, validation.count, test.count]).toEqual([8, 4, 4]);
    const elsewhere = await temporaryFolder();
    await mkdir(join(elsewhere, 'drawn'));
    await cp(folder, join(elsewhere, 'drawn', 'gnomes-3'), { recursive: true });
    expect((await gnomes.load('gnomes', { cacheDir: elsewhere, seed: 3, size: 16 })).digest).toBe(dataset.digest);
  });

  it('says how many pictures there are', () => {
    expect(gnomes.summary).toContain(tasksOf('', { ...DEFAULT_PLAN, seed: 1 }).length.toLocaleString('en'));
  });

  it('refuses a seed that is no whole number', async () => {
    await expect(gnomes.load('gnomes', { seed: 0.5, cacheDir: '/nowhere' })).rejects.toMatchObject({
      code: 'used-wrongly',
    });
  });
});
