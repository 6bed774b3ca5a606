import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../scripts/import/import-model.ts';
import type { ImportOptions } from '../../../scripts/import/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { liteModel } from '../convert/tflite/answers.ts';

const KERAS = join(import.meta.dirname, '../../fixtures/keras/sequential-in-functional.k3.keras');

let folder: string;
let lite: string;
let floats: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-numbers-'));
  lite = join(folder, 'int8.tflite');
  floats = join(folder, 'float.tflite');
  await writeFile(lite, liteModel('described.int8'));
  await writeFile(floats, liteModel('described.float'));
});
afterAll(() => rm(folder, { recursive: true }));

type Numbers = Pick<ImportOptions, 'precision' | 'weights' | 'calibrate'>;

function imported(path: string, numbers: Numbers) {
  return importModel({ path, name: 'one', store: openStore(join(folder, 'store')), ...numbers });
}

describe('the numbers that a model is imported with', () => {
  it.each<[string, Numbers]>([
    ['int8 without pictures', { precision: 'int8' }],
    ['auto without pictures', { precision: 'auto' }],
    ['small weights without pictures', { weights: 'int8' }],
    ['pictures for nothing', { calibrate: '.' }],
    ['pictures for floats', { precision: 'float32', calibrate: '.' }],
    ['pictures beside stored numbers', { precision: 'exact', calibrate: '.' }],
  ])('are refused where they are %s', async (_, numbers) => {
    await expect(imported(KERAS, numbers)).rejects.toMatchObject({ code: 'used-wrongly' });
  });

  it('are refused where they are stored numbers that there are none of', async () => {
    await expect(imported(KERAS, { precision: 'exact' })).rejects.toMatchObject({ code: 'option-mismatch' });
  });

  it('are refused for a model of numbers, which no picture calibrates', async () => {
    const asked = imported(KERAS, { precision: 'int8', calibrate: folder });
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^[a-z-]+$/), remedy: expect.any(String) });
    expect((await openStore(join(folder, 'store')).list()).models).toEqual([]);
  });

  it.each<[string, Numbers, 'int8' | 'float32']>([
    ['as they are', {}, 'int8'],
    ['exact', { precision: 'exact' }, 'int8'],
    ['int8', { precision: 'int8' }, 'int8'],
    ['auto', { precision: 'auto' }, 'int8'],
    ['float32', { precision: 'float32' }, 'float32'],
  ])('of a quantized file are its own, asked for %s', async (_, numbers, kept) => {
    const { stored } = await imported(lite, numbers);
    expect(stored.manifest.precision).toBe(kept);
  });

  it('of a file of floats are refused as int8 without pictures, and saved without', async () => {
    await expect(imported(floats, { precision: 'int8' })).rejects.toMatchObject({ code: 'used-wrongly' });
    expect((await imported(floats, {})).stored.manifest.precision).toBe('float32');
  });
});
