import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expected, FreezeframeError, type PictureShape } from '@freezeframe/inference';
import { namedStream } from '#system';
import type { DatasetKind, DatasetOptions, PictureDataset, PictureSplit } from '../dataset.ts';
import { placesOf } from '../places.ts';
import { download } from './download.ts';
import { checkContent, MNIST_FILES, type MnistFile, type MnistName, unpack } from './files.ts';
import { parseIdx } from './idx.ts';

/** Handwritten digits, 28 x 28 grey: 58,000 to train, 2,000 of the training part to validate, 10,000 to test. */
export const mnist: DatasetKind = {
  spec: 'mnist',
  summary: 'handwritten digits, read from MNIST_DIR or downloaded once (11 MB)',
  claims: async (spec) => spec === 'mnist',
  load: (_spec, options) => loadMnist(options),
};

const MNIST_MIRRORS: readonly string[] = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
];

/** Enough to choose an epoch by (±0.2 % at 1 % error) at the price of 3 % of the training pictures. */
const VALIDATION_SHARE = 2_000 / 60_000;

const SHAPE: PictureShape = {
  height: 28,
  width: 28,
  channels: 1,
  colour: 'grey',
  resize: 'stretch',
  crop: 1,
  kernel: 'cubic',
  invert: false,
};

/**
 * The official test pictures stay test pictures and nothing is chosen by them: validation is carved out of the
 * training part, at random by the seed. Files of `MNIST_DIR` may be gzipped or not, and may be any set in the same form.
 * @throws FreezeframeError `used-wrongly`, `mnist-missing`, `mnist-damaged`, `idx-invalid`, `download-failed`
 */
export async function loadMnist(options: DatasetOptions, mirrors = MNIST_MIRRORS): Promise<PictureDataset> {
  if ((options.size ?? 28) !== 28 || (options.channels ?? 1) !== 1)
    throw new FreezeframeError(
      'used-wrongly',
      expected('28 pixels and 1 channel', 'mnist', [options.size ?? 28, options.channels ?? 1]),
    );
  const folder = process.env.MNIST_DIR;
  const cache = join(placesOf(options).cache, 'mnist');
  const contents = {} as Record<MnistName, Uint8Array>;
  for (const file of MNIST_FILES)
    contents[file.name] = folder ? await fromFolder(folder, file) : await fromMirrors(cache, file, mirrors);
  return datasetOf(contents, options.seed ?? 1);
}

async function fromFolder(folder: string, { file }: MnistFile): Promise<Uint8Array> {
  for (const name of [`${file}.gz`, file]) {
    const bytes = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new FreezeframeError('mnist-missing', `${name} of MNIST_DIR cannot be read (${error.code})`, {
        cause: error,
      });
    });
    // A whole year of digits would not fill this; a bomb would.
    if (bytes) return name.endsWith('.gz') ? unpack(bytes, name, 1024 * 1024 * 1024) : bytes;
  }
  throw new FreezeframeError('mnist-missing', `MNIST_DIR holds neither ${file}.gz nor ${file}`, {
    remedy: `Set MNIST_DIR to a folder with ${MNIST_FILES.map((one) => one.file).join(', ')} (each may end in .gz), or unset it to download them.`,
  });
}

async function fromMirrors(cache: string, wanted: MnistFile, mirrors: readonly string[]): Promise<Uint8Array> {
  const name = `${wanted.file}.gz`;
  const path = join(cache, name);
  const open = async (packed: Uint8Array) => {
    const content = await unpack(packed, name, wanted.bytes + 1);
    checkContent(wanted, content);
    return content;
  };
  const kept = await readFile(path).catch(() => undefined);
  if (kept) {
    // A damaged file of the cache is replaced, not reported.
    const content = await open(kept).catch(() => undefined);
    if (content) return content;
  }
  return download(name, path, open, { mirrors });
}

/** @param contents the four IDX files, uncompressed. */
export function datasetOf(contents: Record<MnistName, Uint8Array>, seed: number): PictureDataset {
  const train = partOf(contents, 'train');
  const test = partOf(contents, 'test');
  const order = namedStream(`mnist/validation/${seed}`).permutation(train.count);
  const held = Math.max(1, Math.round(train.count * VALIDATION_SHARE));
  const hash = createHash('sha256').update(`validation ${held} seed ${seed}\n`);
  for (const { name } of MNIST_FILES) hash.update(contents[name]);
  return {
    kind: 'pictures',
    name: 'mnist',
    labels: Array.from({ length: 10 }, (_, digit) => String(digit)),
    input: SHAPE,
    splits: {
      train: pickRows(train, order.subarray(held)),
      validation: pickRows(train, order.subarray(0, held)),
      test,
    },
    digest: hash.digest('hex'),
    skipped: [],
  };
}

function partOf(contents: Record<MnistName, Uint8Array>, part: 'train' | 'test'): PictureSplit {
  const images = parseIdx(contents[`${part}-images`], `the ${part} pictures`, 3);
  const labels = parseIdx(contents[`${part}-labels`], `the ${part} labels`, 1);
  const [count, rows, columns] = images.shape as [number, number, number];
  if (rows !== SHAPE.height || columns !== SHAPE.width)
    throw new FreezeframeError('idx-invalid', expected('28 x 28 pixels', `the ${part} pictures`, [rows, columns]));
  if (labels.shape[0] !== count)
    throw new FreezeframeError('idx-invalid', expected(`${count} labels`, `the ${part} pictures`, labels.shape[0]));
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0)
    throw new FreezeframeError('idx-invalid', expected('0 to 9', `label ${wrong} of ${part}`, labels.data[wrong]));
  return { count, pixels: images.data, classes: Int32Array.from(labels.data) };
}

/** The rows in rising order: memory is read in one direction, and training shuffles anyway. */
function pickRows(from: PictureSplit, chosen: Uint32Array): PictureSplit {
  const rows = chosen.slice().sort();
  const bytes = SHAPE.height * SHAPE.width;
  const pixels = new Uint8Array(rows.length * bytes);
  rows.forEach((row, index) => {
    pixels.set(from.pixels.subarray(row * bytes, (row + 1) * bytes), index * bytes);
  });
  return { count: rows.length, pixels, classes: Int32Array.from(rows, (row) => from.classes[row] as number) };
}
