import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDataset, describeInWords, loadDataset } from '../../../scripts/datasets/index.ts';
import { pictureFolder, temporaryFolder, writeFiles } from './picture-files.ts';

describe('describeDataset', () => {
  it('counts pictures by label and lists what was left out', async () => {
    const folder = await temporaryFolder();
    await pictureFolder(join(folder, 'pets'), { cat: 5, dog: 7 });
    await writeFiles(folder, { 'pets/cat/notes.txt': 'no picture' });
    const dataset = await loadDataset(join(folder, 'pets'), { cacheDir: join(folder, 'cache') });
    const description = describeDataset(dataset);
    const cats = description.labels?.cat;
    expect((cats?.train ?? 0) + (cats?.validation ?? 0) + (cats?.test ?? 0)).toBe(5);
    expect(description.splits.train + description.splits.validation + description.splits.test).toBe(12);
    expect(describeInWords(description)).toMatch(
      /pets: pictures \d+ train, .*\n {2}cat: .*\n {2}dog: .*\n {2}These parts are those of a training from scratch\. .*\n {2}tested by cross-validation\.\nleft out: 1\n {2}cat\/notes\.txt: /,
    );
  });

  it('shows the ranges of a table, and only the first of many skipped rows', async () => {
    const folder = await temporaryFolder();
    const good = Array.from({ length: 40 }, (_, row) => `${row},${row * 10}\n`).join('');
    const bad = Array.from({ length: 30 }, () => 'x,1\n').join('');
    await writeFiles(folder, { 't.csv': `size,price (USD)\n${good}${bad}` });
    const words = describeInWords(describeDataset(await loadDataset(join(folder, 't.csv'))));
    expect(words).toMatch(/t: rows /);
    expect(words).toMatch(/predicts price: \d+ to \d+ USD/);
    expect(words).toMatch(/left out: 30[\s\S]*and 10 more/);
  });
});
