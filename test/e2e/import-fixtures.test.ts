import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPECTED_TOLERANCE } from '../../scripts/import/expected.ts';
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
    isolate: false,
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
      if (own) found.push({ path, expected: join(path, own) });
    }
  }
  return found;
}

describe.skipIf(!root)('published models', () => {
  it.each(published())('$path answers as its framework does', async ({ path, expected }) => {
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
