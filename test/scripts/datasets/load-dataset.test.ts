import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetHelp, loadDataset } from '../../../scripts/datasets/index.ts';
import { DATASET_KINDS } from '../../../scripts/datasets/kinds.ts';
import { pictureFolder, temporaryFolder, writeFiles } from './picture-files.ts';

describe('loadDataset', () => {
  it('knows a folder, a table and a name', async () => {
    const folder = await temporaryFolder();
    const cacheDir = join(folder, 'cache');
    await pictureFolder(join(folder, 'pets'), { cat: 4, dog: 4 });
    await writeFiles(folder, { 'sums.csv': 'a,b\n1,2\n2,4\n3,6\n4,8\n' });
    expect(await loadDataset(join(folder, 'pets'), { cacheDir })).toMatchObject({ kind: 'pictures', name: 'pets' });
    expect(await loadDataset(join(folder, 'sums.csv'), { cacheDir })).toMatchObject({ kind: 'table', name: 'sums' });
    expect(await loadDataset('house-prices', { cacheDir })).toMatchObject({ kind: 'table', name: 'house-prices' });
  });

  it('says what it knows when nothing is meant', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'notes.txt': 'hello' });
    await expect(loadDataset(join(folder, 'absent'))).rejects.toMatchObject({
      code: 'dataset-not-found',
      message: expect.stringContaining('gnomes, mnist, house-prices, FILE.csv, FOLDER'),
      remedy: 'Check the path: there is no such file or folder here.',
    });
    await expect(loadDataset(join(folder, 'noets.txt'))).rejects.toMatchObject({
      remedy: expect.stringContaining('here. Did you mean notes.txt?'),
    });
    await expect(loadDataset('gnoms')).rejects.toMatchObject({
      remedy: expect.stringContaining('Did you mean gnomes?'),
    });
    await expect(loadDataset(join(folder, 'notes.txt'))).rejects.toMatchObject({
      code: 'dataset-not-found',
      remedy: expect.stringContaining('.csv'),
    });
  });
});

describe('DATASET_KINDS', () => {
  it('has a row for every folder, and a help line each', async () => {
    const entries = await readdir(new URL('../../../scripts/datasets', import.meta.url), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    expect(DATASET_KINDS).toHaveLength(folders.length);
    for (const kind of DATASET_KINDS) expect(datasetHelp()).toContain(`${kind.spec} `);
  });
});
