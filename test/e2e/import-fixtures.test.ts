import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError, openClassifier } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../scripts/evaluate/evaluate.ts';
import { EXPECTED_TOLERANCE } from '../../scripts/import/checks/expected.ts';
import { importModel } from '../../scripts/import/import-model.ts';
import { openStore } from '../../scripts/store/index.ts';

const root = process.env.FIXTURES_DIR;
if (!root) console.log('import-fixtures: skipped, FIXTURES_DIR names no folder with layers/, keras/ and wild/');

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-fixtures-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function list(name: string): string[] {
  const path = join(root ?? '', name);
  return root && existsSync(path) ? readdirSync(path).sort() : [];
}

/** Imports in this thread, as tensors, and answers how far the model is from its expectation. */
async function differenceOf(path: string, expected?: string): Promise<number> {
  const report = await importModel({
    path,
    expected,
    name: 'fixture',
    store: openStore(folder),
    pictures: { preprocess: 'none' },
    task: 'tensors',
  });
  return report.verification.expected?.maxDifference ?? Number.POSITIVE_INFINITY;
}

/** `<case>.k2.expected.json` where Keras 2 answers differently, else `<case>.expected.json`. */
function expectation(file: string): string | undefined {
  const [, name, tag] = /^(.*)\.(k[23])\.[a-z0-9]+$/.exec(file) ?? [];
  const names = [`${name}.${tag}.expected.json`, `${name}.expected.json`].map((one) => join(root ?? '', 'layers', one));
  return names.find(
    (one) => existsSync(one) && Object.keys(JSON.parse(readFileSync(one, 'utf8')).files).includes(file),
  );
}

const models = list('layers').filter((file) => !file.endsWith('.json'));
const imported = models.filter((file) => !file.startsWith('refuse-'));
const refused = models.filter((file) => file.startsWith('refuse-'));

describe.skipIf(!root)('layer fixtures', () => {
  it.each(imported)('%s answers as Keras does', async (file) => {
    const expected = expectation(file);
    expect(expected, 'an expectation that lists the file').toBeDefined();
    expect(await differenceOf(join(root ?? '', 'layers', file), expected ?? '')).toBeLessThanOrEqual(
      EXPECTED_TOLERANCE,
    );
  });

  const codes: Record<string, string> = {
    'refuse-custom-layer': 'custom-object',
    'refuse-lambda': 'custom-object',
    'refuse-subclass': 'custom-object',
    'refuse-weights-only': 'weights-only',
  };
  it.each(refused)('%s is refused', async (file) => {
    const error: unknown = await differenceOf(join(root ?? '', 'layers', file)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FreezeframeError);
    expect((error as FreezeframeError).code).toBe(codes[file.replace(/\..*$/, '')]);
    expect((error as FreezeframeError).remedy).toBeTruthy();
  });
});

/**
 * The expectation beside it is the softmax of the model's logits; its model.json ends in sigmoid. These are the answers of
 * Keras 3.15.1 to that config with these weights, [2, 2].
 */
const DOG_CAT = { folder: 'dog-cat-config-and-weights', data: [0.37580055, 0.6331639, 0.37524453, 0.6337546] };

interface Published {
  readonly path: string;
  readonly expected: string;
}

/** Files whose expectation has the fixtures' form, wherever it lies. */
function published(): Published[] {
  const found: Published[] = [];
  for (const set of ['keras', 'wild']) {
    for (const file of list(set)) {
      const path = join(root ?? '', set, file);
      if (file.endsWith('.expected.json') && 'input' in JSON.parse(readFileSync(path, 'utf8'))) {
        const model = path.replace('.expected.json', '');
        if (existsSync(model)) found.push({ path: model, expected: path });
      }
      const inner = existsSync(join(path, 'model.json')) ? readdirSync(path) : [];
      const own = inner.find((name) => name.endsWith('expected.json'));
      if (own && file !== DOG_CAT.folder) found.push({ path, expected: join(path, own) });
    }
  }
  return found;
}

describe.skipIf(!root)('published models', () => {
  it.each(published())('$path answers as its framework does', async ({ path, expected }) => {
    expect(await differenceOf(path, expected)).toBeLessThanOrEqual(EXPECTED_TOLERANCE);
  });

  it('a config beside its weights answers as Keras does', async () => {
    const expected = join(folder, 'dog-cat.json');
    const formula = 'x[i] = ((i*7919 + 104729) % 1009) / 1008, float32, row-major';
    const output = { shape: [2, 2], data: DOG_CAT.data };
    await writeFile(expected, JSON.stringify({ input: { shape: [2, 64, 64, 3], formula }, output }));
    const path = join(root ?? '', 'wild', DOG_CAT.folder);
    expect(await differenceOf(path, expected)).toBeLessThanOrEqual(EXPECTED_TOLERANCE);
  });

  it.each([
    ['hostile-pickled-weights.keras', 'file-hostile', 'model.weights.npz'],
    ['mnist-instance-normalization.hdf5', 'custom-object', 'InstanceNormalization'],
  ])('%s is refused by name', async (file, code, name) => {
    const error: unknown = await differenceOf(join(root ?? '', 'wild', file)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FreezeframeError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(name) });
  });
});

interface HousePrices {
  readonly features: string[];
  readonly rows: number[][];
  readonly dollars: number[];
}

describe.skipIf(!root)('house prices', () => {
  it.each(['trained_model.h5', 'trained_model.keras'])('%s answers in dollars, to the cent', async (file) => {
    const set = join(root ?? '', 'keras');
    const wanted = JSON.parse(readFileSync(join(set, 'trained_model.expected.json'), 'utf8')) as HousePrices;
    const { stored } = await importModel({
      path: join(set, file),
      name: 'house',
      store: openStore(folder),
      table: {
        scaler: join(set, 'features.scaler.pkl'),
        targetScaler: join(set, 'target.scaler.pkl'),
        featureNames: wanted.features,
        targetName: 'price',
        targetUnit: 'USD',
      },
    });
    const classifier = await openClassifier(stored.folder);
    try {
      const shape = [wanted.rows.length, wanted.features.length];
      const { outputs } = await classifier.infer({
        inputs: [{ name: 'features', shape, datatype: 'FP32', data: wanted.rows.flat() }],
      });
      for (const [i, dollars] of wanted.dollars.entries()) {
        // float32 has steps of 3 to 6 cents at these prices: the same number, or its neighbour.
        expect(Math.abs((outputs[0]?.data[i] as number) - dollars)).toBeLessThanOrEqual(
          Math.fround(dollars) * 2 ** -23,
        );
      }
      expect(stored.manifest.output).toMatchObject({ kind: 'regression', values: [{ name: 'price', unit: 'USD' }] });
    } finally {
      await classifier.close();
    }
  });
});

const photographs = process.env.IMAGENET_SAMPLE_DIR;
const samples = process.env.MODELS_SAMPLE_DIR;
if (!photographs || !samples)
  console.log('import-fixtures: no ImageNet photographs or MobileNetV2 to try on this machine');

interface Reference {
  readonly labels: string[];
  readonly images: Record<string, { readonly class: number; readonly top5: [number, number][] }>;
}

describe.skipIf(!photographs || !samples)('MobileNetV2 on 200 photographs', () => {
  it('is right as often as in Keras, to half a point', async () => {
    const reference = JSON.parse(readFileSync(join(photographs ?? '', 'reference.json'), 'utf8')) as Reference;
    const images = Object.entries(reference.images);
    const { stored } = await importModel({
      path: join(samples ?? '', 'mobilenet_v2_imagenet.keras'),
      name: 'mobilenet',
      store: openStore(folder),
      labels: 'imagenet',
      pictures: { preprocess: 'tf' },
    });
    const examples = images.map(([file, one]) => ({
      file: join(photographs ?? '', 'images', file),
      label: reference.labels[one.class] as string,
    }));
    const { accuracy, top5Accuracy } = await evaluate(stored, examples);
    const share = (right: (one: Reference['images'][string]) => boolean) =>
      images.filter(([, one]) => right(one)).length / images.length;
    const [first, five] = [
      share((one) => one.top5[0]?.[0] === one.class),
      share((one) => one.top5.some(([index]) => index === one.class)),
    ];
    expect(Math.abs((accuracy ?? 0) - first)).toBeLessThanOrEqual(0.005 + 1e-9);
    expect(Math.abs((top5Accuracy ?? 0) - five)).toBeLessThanOrEqual(0.005 + 1e-9);
  });
});
