import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planFreeze } from '../../../scripts/convert/plan/plan.ts';
import { ImportError } from '../../../scripts/guards/import-error.ts';
import type { ImportedKerasModel } from '../../../scripts/read/format-reader.ts';
import { FORMATS } from '../../../scripts/read/formats/index.ts';
import { openSource } from '../../../scripts/read/source.ts';

const SMALL = join(import.meta.dirname, '../../fixtures/keras');
const ALL = process.env.FIXTURES_DIR && join(process.env.FIXTURES_DIR, 'layers');

const isModel = (name: string) => /\.(keras|h5)$/.test(name);

async function read(path: string): Promise<ImportedKerasModel> {
  const source = await openSource(path);
  try {
    for (const reader of FORMATS) {
      if (await reader.recognises(source)) return (await reader.read(source)) as ImportedKerasModel;
    }
    throw new Error(`no reader knows ${path}`);
  } finally {
    await source.close();
  }
}

const FORMAT_OF = new Map([
  ['k3.keras', 'keras-3'],
  ['k2.keras', 'keras-2'],
  ['k3.h5', 'keras-hdf5'],
  ['k2.h5', 'keras-hdf5'],
]);

/** Reads as the format that it is, every weight found with the shape that its layer wants. */
async function expectWhole(path: string): Promise<ImportedKerasModel> {
  const imported = await read(path);
  const [variant] = [...FORMAT_OF.keys()].filter((end) => path.endsWith(end));
  expect(imported.format).toBe(FORMAT_OF.get(variant as string));
  expect(imported.framework).toMatch(path.includes('.k3.') ? /^keras 3\./ : /^keras 2\./);
  // Refuses what does not fit, naming it.
  expect(planFreeze(imported.model).nodes.length).toBeGreaterThan(0);
  return imported;
}

const REFUSED: Record<string, string> = {
  'refuse-custom-layer': 'custom-object',
  'refuse-lambda': 'custom-object',
  'refuse-subclass': 'custom-object',
  'refuse-weights-only': 'weights-only',
};

describe('small Keras files', () => {
  const names = readdirSync(SMALL).filter(isModel);

  it.each(names.filter((name) => !name.startsWith('refuse-')))('%s reads whole', async (name) => {
    await expectWhole(join(SMALL, name));
  });

  it.each(names.filter((name) => name.startsWith('refuse-')))('%s is refused', async (name) => {
    const code = REFUSED[name.split('.')[0] as string];
    await expect(read(join(SMALL, name))).rejects.toMatchObject({ name: 'ImportError', code });
  });

  it('of one case hold the same weights', async () => {
    const [first, ...others] = await Promise.all(
      ['k3.keras', 'k3.h5', 'k2.keras', 'k2.h5'].map((end) => read(join(SMALL, `sequential-in-functional.${end}`))),
    );
    expect([...(first as ImportedKerasModel).model.weights.keys()]).toContain('inner/norm/moving_variance');
    for (const other of others) {
      expect(new Map(other.model.weights)).toEqual(new Map((first as ImportedKerasModel).model.weights));
    }
  });

  it('name layer, class and position of what they cannot bring', async () => {
    const error = await read(join(SMALL, 'refuse-custom-layer.k3.keras')).catch((caught) => caught);
    expect(error.message).toContain('"doubler" (Doubler, layer 3)');
    expect(error.details.unsupported).toMatchObject([{ layer: 'doubler', className: 'Doubler', position: 2 }]);
    expect(error.remedy).toContain('save it again');
  });
});

describe.skipIf(!ALL)('every variant of every case (skipped without FIXTURES_DIR)', () => {
  it('reads whole; what has layers that are not supported says which', async () => {
    const names = readdirSync(ALL as string).filter((name) => isModel(name) && !name.startsWith('refuse-'));
    const failed: string[] = [];
    let whole = 0;
    for (const name of names) {
      try {
        await expectWhole(join(ALL as string, name));
        whole += 1;
      } catch (error) {
        // What no layer is there for yet is told by docs/layers.md.
        if (error instanceof ImportError && error.code === 'unsupported-layer') continue;
        failed.push(`${name}: ${(error as Error).message}`);
      }
    }
    expect(failed).toEqual([]);
    expect(whole).toBeGreaterThan(0);
  });

  it('refuses what cannot be known', async () => {
    const names = readdirSync(ALL as string).filter((name) => isModel(name) && name.startsWith('refuse-'));
    for (const name of names) {
      const code = REFUSED[name.split('.')[0] as string];
      await expect(read(join(ALL as string, name)), name).rejects.toMatchObject({ name: 'ImportError', code });
    }
    expect(names.length).toBeGreaterThan(0);
  });

  it('gives all variants of a case the same weights', async () => {
    const files = readdirSync(ALL as string).filter(isModel);
    for (const title of new Set(files.map((name) => name.split('.')[0] as string))) {
      const names = files.filter((name) => name.startsWith(`${title}.`));
      const models = await Promise.all(
        names.map((name) => read(join(ALL as string, name)).catch((error) => expectTyped(error))),
      );
      const [first, ...others] = models.flatMap((imported) => (imported ? [digestOf(imported)] : []));
      for (const other of others) {
        expect(
          other.map(({ weight }) => weight),
          String(names),
        ).toEqual(first?.map(({ weight }) => weight));
        // Statistics that Keras 2 and 3 learned for themselves differ in their last digits.
        for (const [i, { sum }] of other.entries()) {
          const expected = (first as typeof other)[i]?.sum ?? Number.NaN;
          expect(Math.abs(sum - expected), String(names)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  });
});

function expectTyped(error: unknown): undefined {
  expect(error).toBeInstanceOf(ImportError);
  return undefined;
}

/** Layers are numbered where they were not given names: values alone, in order of the model. */
function digestOf({ model }: ImportedKerasModel): { weight: string; sum: number }[] {
  return [...model.weights].map(([name, { shape, data }]) => ({
    weight: `${name.split('/').at(-1)} [${shape}]`,
    sum: data.reduce((total, value, i) => total + value * ((i % 97) + 1), 0),
  }));
}

describe.skipIf(!process.env.FIXTURES_DIR)('models as people publish them (skipped without FIXTURES_DIR)', () => {
  const at = (name: string) => join(process.env.FIXTURES_DIR as string, 'wild', name);

  it.each([
    ['hostile-pickled-weights.keras', 'file-hostile'],
    ['mnist-instance-normalization.hdf5', 'custom-object'],
    ['dog-cat-config-and-weights/no-such-file.h5', 'not-found'],
  ])('%s is refused', async (name, code) => {
    await expect(read(at(name))).rejects.toMatchObject({ name: 'ImportError', code });
  });

  it.each([
    ['digits.keras', 'keras-3', 'keras 3.10.0'],
    ['house-price.keras', 'keras-3', 'keras 3.4.1'],
    ['mini-xception-emotion.hdf5', 'keras-hdf5', 'keras 2.0.5'],
    ['dog-cat-config-and-weights', 'keras-config-and-weights', 'keras 2.0.4'],
    ['dog-cat-config-and-weights/model.json', 'keras-config-and-weights', 'keras 2.0.4'],
  ])('%s reads whole', async (name, format, framework) => {
    const imported = await read(at(name));
    expect(imported).toMatchObject({ format, framework });
    expect(planFreeze(imported.model).weights.size).toBeGreaterThan(0);
  });

  it('mini-xception holds the bytes that its file holds', async () => {
    // A weight whose name is in the file once, found there by its bytes.
    const { model } = await read(at('mini-xception-emotion.hdf5'));
    const { data } = model.weights.get('conv2d_7/bias') as { data: Float32Array };
    expect(readFileSync(at('mini-xception-emotion.hdf5')).includes(Buffer.from(data.buffer))).toBe(true);
  });
});
