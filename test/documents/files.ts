import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../../scripts/bundle/files/tree.ts';
import { zipTree } from '../../scripts/bundle/files/zip.ts';

/** Data that is too large to commit: docs/testing.md says what each is. */
const { FIXTURES_DIR, IMAGENET_SAMPLE_DIR, MODELS_SAMPLE_DIR } = process.env;

/** Why there are no files to type commands about. */
export const NO_FILES =
  FIXTURES_DIR && IMAGENET_SAMPLE_DIR && MODELS_SAMPLE_DIR
    ? undefined
    : 'FIXTURES_DIR, IMAGENET_SAMPLE_DIR or MODELS_SAMPLE_DIR is not set';

const fixture = (name: string) => join(FIXTURES_DIR ?? '', name);
const models = (name: string) => join(MODELS_SAMPLE_DIR ?? '', name);
const sample = (name: string) => join(IMAGENET_SAMPLE_DIR ?? '', name);

type Make = (target: string) => Promise<unknown>;
const copy =
  (from: string): Make =>
  (target) =>
    cp(from, target);
const zip =
  (files: Readonly<Record<string, Source>>): Make =>
  async (target) =>
    writeFile(target, await zipTree(new Map(Object.entries(files))));

const PICTURE = copy(sample('../cats-dogs/cat/cat.0.jpg'));

/** Photographs of cats and dogs, so many of each. */
const photos =
  (count: number): Make =>
  async (target) => {
    for (const label of ['cat', 'dog']) {
      const from = sample(`../cats-dogs/${label}`);
      await mkdir(join(target, label), { recursive: true });
      for (const name of (await readdir(from)).sort().slice(0, count)) {
        await cp(join(from, name), join(target, label, name));
      }
    }
  };

/** What documents call their files, and what stands for each. */
const FILES = {
  photos: photos(24),
  photographs: photos(Number.POSITIVE_INFINITY),
  'picture.jpg': PICTURE,
  'somewhere.jpg': PICTURE,
  'a.jpg': PICTURE,
  'keras_model.h5': copy(fixture('wild/teachable-machine-rps.keras_model.h5')),
  'labels.txt': copy(fixture('wild/teachable-machine-rps.labels.txt')),
  'converted_keras.zip': zip({
    'keras_model.h5': { file: fixture('wild/teachable-machine-rps.keras_model.h5') },
    'labels.txt': { file: fixture('wild/teachable-machine-rps.labels.txt') },
  }),
  'tm-my-image-model.zip': zip(
    Object.fromEntries(
      ['metadata.json', 'model.json', 'weights.bin'].map((name) => [
        name,
        { file: fixture(`wild/teachable-machine-cat-dog-tfjs/${name}`) },
      ]),
    ),
  ),
  'converted_tflite.zip': zip({
    'model.tflite': { file: models('mobilenet_edgetpu_224_1.0_uint8.tflite') },
    'labels.txt': Buffer.from(Array.from({ length: 1001 }, (_, i) => `${i} class ${i}\n`).join('')),
  }),
  'mobilenet.keras': copy(models('mobilenet_v2_imagenet.keras')),
  'model.keras': copy(models('mobilenet_v2_imagenet.keras')),
  'model.tflite': copy(models('mobilenet_edgetpu_224_1.0_uint8.tflite')),
  'model.onnx': copy(models('efficientnet_lite2_imagenet.onnx')),
  'labels.csv': labelsOfTwenty,
  'trained_model.h5': copy(fixture('keras/trained_model.h5')),
  'features.scaler.pkl': copy(fixture('keras/features.scaler.pkl')),
  'target.scaler.pkl': copy(fixture('keras/target.scaler.pkl')),
  'request.json': (target) =>
    writeFile(
      target,
      '{"inputs": [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [3, 1500, 20, 5]}]}',
    ),
  'houses.csv': houses,
} satisfies Record<string, Make>;

export type FileName = keyof typeof FILES;

/** Puts them into a folder under the names that documents give them. */
export async function placeFiles(folder: string, names: readonly FileName[]): Promise<void> {
  for (const name of names) await FILES[name](join(folder, name));
}

/** Twenty photographs of ImageNet by their paths, with their classes. */
async function labelsOfTwenty(target: string): Promise<void> {
  const { labels, images } = JSON.parse(await readFile(sample('reference.json'), 'utf8')) as {
    labels: string[];
    images: Record<string, { class: number }>;
  };
  const rows = Object.entries(images)
    .slice(0, 20)
    .map(([file, { class: index }]) => `"${sample(`images/${file}`)}","${labels[index]}"\n`);
  await writeFile(target, `file,label\n${rows.join('')}`);
}

/** Houses whose price, asked and paid, follows from the other columns. */
async function houses(target: string): Promise<void> {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const [rooms, area, age, distance] = [1 + (i % 6), 600 + ((i * 37) % 2400), (i * 13) % 90, 1 + ((i * 7) % 40)];
    const price = 50_000 + 150 * area + 10_000 * rooms - 800 * age - 1500 * distance;
    return `${[rooms, area, age, distance, Math.round(price * 0.97), price].join(',')}\n`;
  });
  await writeFile(target, `rooms,area_sqft,age_years,km_to_centre,sold,price\n${rows.join('')}`);
}
