import sharp from 'sharp';
import { loadDataset, type PictureDataset, type SplitName } from '#datasets';
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
  const unnamed = labels.length === dataset.labels.length && !dataset.labels.some((label) => labels.includes(label));
  return splitPictures(unnamed ? { ...dataset, labels: [...labels] } : dataset, 'test').map((picture) => ({
    ...picture,
    file: `${data} ${picture.file}`,
  }));
}

interface SplitPicture {
  file: string;
  path?: string;
  label: string;
  read(): Promise<Uint8Array>;
}

/** The pictures of a split, each as a PNG of what the model is given, and as its file where there is one. */
export function splitPictures({ input, splits, labels }: PictureDataset, split: SplitName): SplitPicture[] {
  const { count, pixels, classes, files } = splits[split];
  const size = pixels.length / count;
  const raw = { width: input.width, height: input.height, channels: input.channels };
  return Array.from({ length: count }, (_, i) => ({
    file: `${split} ${i + 1}`,
    ...files?.[i],
    label: labels[classes[i] as number] as string,
    read: () =>
      sharp(pixels.subarray(i * size, (i + 1) * size), { raw })
        .png({ compressionLevel: 1 })
        .toBuffer(),
  }));
}
