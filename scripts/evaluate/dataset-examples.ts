import sharp from 'sharp';
import { loadDataset } from '#datasets';
import type { Example } from './examples.ts';

/** Data sets that are known by a word and hold pictures: their test split is what nobody has trained on. */
const KNOWN = ['mnist', 'gnomes'];

export function isKnownDataset(data: string): boolean {
  return KNOWN.includes(data);
}

/**
 * The test split of a known data set, each picture as a PNG, so that it goes the whole way that a file goes.
 * @param labels the model's. Where it knows none of the data set's, and as many: the data set's first is its first, as it is
 *   for models that came without the names of their classes.
 */
export async function datasetExamples(data: string, labels: readonly string[]): Promise<Example[]> {
  const dataset = await loadDataset(data);
  if (dataset.kind !== 'pictures') throw new Error(`${data} holds no pictures`);
  const { input, splits } = dataset;
  const { count, pixels, classes } = splits.test;
  const unnamed = labels.length === dataset.labels.length && !dataset.labels.some((label) => labels.includes(label));
  const names = unnamed ? labels : dataset.labels;
  const size = pixels.length / count;
  const raw = { width: input.width, height: input.height, channels: input.channels };
  return Array.from({ length: count }, (_, i) => ({
    file: `${data} test ${i + 1}`,
    label: names[classes[i] as number] as string,
    read: () =>
      sharp(pixels.subarray(i * size, (i + 1) * size), { raw })
        .png({ compressionLevel: 1 })
        .toBuffer(),
  }));
}
