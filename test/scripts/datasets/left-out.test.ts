import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftOutInWords, leftOutOf, loadDataset } from '../../../scripts/datasets/index.ts';
import { pictureFolder, temporaryFolder, writeFiles } from './picture-files.ts';

const skipped = ['a', 'b', 'c'].map((file) => ({ file, reason: 'broken' }));

async function loadTable(good: number, bad: number) {
  const folder = await temporaryFolder();
  const rows = Array.from({ length: good + bad }, (_, row) => (row < good ? `${row},${row * 2}` : `${row},unknown`));
  await writeFiles(folder, { 't.csv': ['a,b', ...rows].join('\n') });
  return loadDataset(join(folder, 't.csv'));
}

describe('what was left out', () => {
  it('is counted, with the first reasons', () => {
    expect(leftOutOf(skipped, 2)).toEqual({ count: 3, first: skipped.slice(0, 2) });
    expect(leftOutInWords(skipped, 2, 'elsewhere')).toEqual([
      'left out: 3',
      '  a: broken',
      '  b: broken',
      '  and 1 more (elsewhere)',
    ]);
    expect(leftOutInWords(skipped, 3, 'elsewhere')).toHaveLength(4);
    expect(leftOutInWords([], 3, 'elsewhere')).toEqual([]);
  });

  it('may be half of a table, and no more', async () => {
    expect((await loadTable(20, 20)).skipped).toHaveLength(20);
    await expect(loadTable(20, 21)).rejects.toMatchObject({
      code: 'dataset-unusable',
      message: expect.stringMatching(
        /^21 of 41 rows cannot be used, .*: line 22: b is no number: "unknown"; .*; \.\.\.$/,
      ),
      details: {
        skipped: { count: 21, first: expect.arrayContaining([{ file: 'line 22', reason: expect.any(String) }]) },
      },
    });
  });

  it('may be half of the pictures, not counting what lies beside them', async () => {
    const folder = await temporaryFolder();
    await pictureFolder(join(folder, 'pets'), { cat: 5, dog: 5 });
    const add = (count: number, extension: string) =>
      writeFiles(
        join(folder, 'pets'),
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`cat/beside-${i}${extension}`, `no picture ${i}`])),
      );
    const load = () => loadDataset(join(folder, 'pets'), { cacheDir: join(folder, 'cache') });
    await add(40, '.xml');
    await add(10, '.heic');
    expect((await load()).skipped).toHaveLength(50);
    await add(11, '.jpg');
    await expect(load()).rejects.toMatchObject({
      code: 'dataset-unusable',
      message: expect.stringMatching(/^21 of 31 pictures cannot be used/),
    });
  });
});
