import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { datasetExamples, isKnownDataset } from '../../../scripts/evaluate/dataset-examples.ts';

const pixels = Uint8Array.from({ length: 2 * 4 * 3 * 3 }, (_, i) => (i * 7) % 256);
const test = { count: 2, pixels, classes: Int32Array.of(1, 0) };

vi.mock('../../../scripts/datasets/load-dataset.ts', () => ({
  loadDataset: async () => ({
    kind: 'pictures',
    labels: ['gnome', 'not'],
    input: { height: 4, width: 3, channels: 3 },
    splits: { test },
  }),
}));

describe('datasetExamples', () => {
  it('has the test split with its labels, each picture a file that holds the same pixels', async () => {
    const examples = await datasetExamples('gnomes', ['not', 'gnome']);
    expect(examples.map(({ file, label }) => [file, label])).toEqual([
      ['gnomes test 1', 'not'],
      ['gnomes test 2', 'gnome'],
    ]);
    const second = await sharp(await examples[1]?.read?.())
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(second.info).toMatchObject({ height: 4, width: 3, channels: 3 });
    expect(new Uint8Array(second.data)).toEqual(pixels.slice(36));
  });

  it('goes by the order of classes where the model has no names for them', async () => {
    const examples = await datasetExamples('gnomes', ['class_0', 'class_1']);
    expect(examples.map(({ label }) => label)).toEqual(['class_1', 'class_0']);
  });

  it('keeps its own labels where the model has others: evaluate then says which are unknown', async () => {
    expect((await datasetExamples('gnomes', ['a', 'b', 'c'])).map(({ label }) => label)).toEqual(['not', 'gnome']);
    expect((await datasetExamples('gnomes', ['gnome', 'cone'])).map(({ label }) => label)).toEqual(['not', 'gnome']);
  });
});

describe('isKnownDataset', () => {
  it('knows words, not folders', () => {
    expect(['mnist', 'gnomes', './mnist', 'photos'].map(isKnownDataset)).toEqual([true, true, false, false]);
  });
});
