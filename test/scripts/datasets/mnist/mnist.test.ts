import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { datasetOf, loadMnist } from '../../../../scripts/datasets/mnist/mnist.ts';
import { temporaryFolder, writeFiles } from '../picture-files.ts';
import { idx, packed, smallMnist } from './idx-files.ts';

const REAL = process.env.MNIST_DIR ?? '';
const hasReal = existsSync(join(REAL, 'train-images-idx3-ubyte.gz'));

afterEach(() => vi.unstubAllEnvs());

describe('datasetOf', () => {
  it('carves validation out of training, and leaves the test part alone', () => {
    const { splits, labels } = datasetOf(smallMnist(), 1);
    expect(labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect([splits.train.count, splits.validation.count, splits.test.count]).toEqual([58, 2, 10]);
    for (const { count, pixels, classes } of Object.values(splits))
      for (let row = 0; row < count; row++) expect(Math.floor((pixels[row * 784] as number) / 20)).toBe(classes[row]);
    const firsts = [...splits.train.classes.keys()].map((row) => splits.train.pixels[row * 784] as number);
    const held = [...splits.validation.classes.keys()].map((row) => splits.validation.pixels[row * 784] as number);
    expect(new Set([...firsts, ...held]).size).toBe(60);
    expect(datasetOf(smallMnist(), 2).digest).not.toBe(datasetOf(smallMnist(), 1).digest);
    expect(datasetOf(smallMnist(), 1)).toEqual(datasetOf(smallMnist(), 1));
  });

  it.each([
    ['another size', { 'train-images': idx([60, 27, 28], new Uint8Array(60 * 27 * 28)) }, '28 x 28 pixels'],
    ['too few labels', { 'train-labels': idx([59], new Uint8Array(59)) }, '60 labels'],
    ['a label that is no digit', { 'test-labels': idx([10], [0, 1, 2, 3, 10, 5, 6, 7, 8, 9]) }, 'label 4 of test'],
  ])('refuses %s', (_what, wrong, message) => {
    expect(() => datasetOf({ ...smallMnist(), ...wrong }, 1)).toThrow(message);
  });
});

describe('loadMnist', () => {
  it('reads MNIST_DIR, gzipped or not', async () => {
    const folder = await temporaryFolder();
    const files = smallMnist();
    await writeFiles(folder, {
      'train-images-idx3-ubyte.gz': packed(files['train-images']),
      'train-labels-idx1-ubyte': files['train-labels'],
      't10k-images-idx3-ubyte': files['test-images'],
      't10k-labels-idx1-ubyte.gz': packed(files['test-labels']),
    });
    vi.stubEnv('MNIST_DIR', folder);
    expect(await loadMnist({})).toEqual(datasetOf(files, 1));
  });

  it('says which file MNIST_DIR lacks', async () => {
    vi.stubEnv('MNIST_DIR', await temporaryFolder());
    await expect(loadMnist({})).rejects.toMatchObject({
      code: 'mnist-missing',
      message: 'MNIST_DIR holds neither train-images-idx3-ubyte.gz nor train-images-idx3-ubyte',
      remedy: expect.stringContaining('t10k-labels-idx1-ubyte'),
    });
  });

  it('is 28 x 28 grey and nothing else', async () => {
    await expect(loadMnist({ size: 32 })).rejects.toMatchObject({ code: 'used-wrongly' });
    await expect(loadMnist({ channels: 3 })).rejects.toMatchObject({ code: 'used-wrongly' });
  });

  it.skipIf(!hasReal)('reads the real files (needs MNIST_DIR)', async () => {
    const { splits } = await loadMnist({});
    expect([splits.train.count, splits.validation.count, splits.test.count]).toEqual([58_000, 2_000, 10_000]);
    const perDigit = new Array<number>(10).fill(0);
    for (const digit of [...splits.train.classes, ...splits.validation.classes])
      perDigit[digit] = (perDigit[digit] ?? 0) + 1;
    expect(perDigit).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    const seen = new Set(
      [...splits.train.classes.keys()].map((row) =>
        Buffer.from(splits.train.pixels.buffer, row * 784, 784).toString('latin1'),
      ),
    );
    for (let row = 0; row < 2_000; row++)
      expect(seen.has(Buffer.from(splits.validation.pixels.buffer, row * 784, 784).toString('latin1'))).toBe(false);
  });
});
