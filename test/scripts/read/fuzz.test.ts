import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseJson } from '../../../scripts/guards/json.ts';
import { liteToOnnx } from '../../../scripts/import/prepare-lite.ts';
import { openHdf5 } from '../../../scripts/read/containers/hdf5/open-hdf5.ts';
import { openZip } from '../../../scripts/read/containers/zip/zip.ts';
import { FORMATS } from '../../../scripts/read/formats/index.ts';
import { openBytes } from '../../../scripts/read/source.ts';
import { readLite } from '../../../scripts/tensorflow/lite/lite-model.ts';
import { liteModel } from '../convert/tflite/answers.ts';
import { damaged, endsWell, FUZZ_RUNS, FUZZ_TIMEOUT } from './mutate.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const read = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));

const ZIPS = ['keras/sequential-in-functional.k3.keras', 'keras/sequential-in-functional.k2.keras'].map(read);
const HDF5 = [
  'keras/sequential-in-functional.k3.h5',
  'keras/sequential-bare-list.k2.h5',
  'keras/refuse-weights-only.weights.h5',
  'hdf5/types.h5',
  'hdf5/types-new-format.h5',
  'hdf5/attributes.h5',
  'hdf5/filters.h5',
].map(read);
const LITE = [
  'conv-relu6.int8',
  'concatenation.uint8',
  'strided-slice-shrunk.float',
  'split-v.int8',
  'described.float',
].map(liteModel);
const options = { numRuns: FUZZ_RUNS };

describe('damaged files', () => {
  it(
    'are zips that read whole or are refused',
    async () => {
      const readAll = async (bytes: Uint8Array) => {
        const zip = await openZip(bytes);
        try {
          for (const { name } of zip.entries) await zip.read(name);
        } finally {
          zip.close();
        }
      };
      await fc.assert(
        fc.asyncProperty(damaged(ZIPS), async (bytes) => {
          await endsWell(() => readAll(bytes));
        }),
        options,
      );
    },
    FUZZ_TIMEOUT,
  );

  it(
    'are HDF5 files that read whole or are refused, and nothing is printed',
    async () => {
      const printed = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
      await fc.assert(
        fc.asyncProperty(damaged(HDF5), async (bytes) => {
          await endsWell(() => readEverything(bytes));
        }),
        options,
      );
      for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    },
    FUZZ_TIMEOUT,
  );

  it(
    'are models that read whole or are refused, by whichever reader knows them',
    async () => {
      await fc.assert(
        fc.asyncProperty(damaged([...ZIPS, ...HDF5.slice(0, 3)]), async (bytes) => {
          await endsWell(() => readModel(bytes));
        }),
        options,
      );
    },
    FUZZ_TIMEOUT,
  );

  it(
    'are TensorFlow Lite models that are read and written whole or are refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(damaged(LITE), async (bytes) => {
          await endsWell(async () =>
            liteToOnnx(readLite(bytes), { precision: 'exact', inputs: 'own', outputs: 'own' }),
          );
        }),
        options,
      );
    },
    FUZZ_TIMEOUT,
  );

  it(
    'are JSON that is parsed or refused',
    async () => {
      const text = new TextEncoder().encode(
        '{"class_name": "Sequential", "config": [{"a": [1.5, NaN, "\\u00e4\\""]}]}',
      );
      await fc.assert(
        fc.asyncProperty(damaged([text]), async (bytes) => {
          await endsWell(async () => parseJson(bytes, 'config.json'));
        }),
        options,
      );
    },
    FUZZ_TIMEOUT,
  );

  it('leave nothing behind that spoils whole ones', async () => {
    for (const bytes of HDF5) expect(await endsWell(() => readEverything(bytes))).toBe(true);
    expect(await endsWell(() => readModel(ZIPS[0] as Uint8Array))).toBe(true);
  });
});

/** Every attribute that Keras writes and every dataset that is numbers. */
async function readEverything(bytes: Uint8Array): Promise<void> {
  const file = await openHdf5(bytes, 'weights.h5');
  try {
    const walk = async (path: string): Promise<void> => {
      for (const name of ['model_config', 'layer_names', 'weight_names', 'names', 'fixed', 'numbers', 'variable'])
        file.attribute(path, name);
      for (const child of file.children(path)) {
        const at = path === '' ? child : `${path}/${child}`;
        if (file.kind(at) === 'group') await walk(at);
        if (file.kind(at) === 'dataset' && !/text|compound|lzf/.test(at)) file.read(at);
      }
    };
    await walk('');
  } finally {
    await file.close();
  }
}

async function readModel(bytes: Uint8Array): Promise<void> {
  const source = await openBytes('model', bytes);
  try {
    for (const reader of FORMATS) {
      if (!(await reader.recognises(source))) continue;
      await reader.read(source);
      return;
    }
  } finally {
    await source.close();
  }
}
