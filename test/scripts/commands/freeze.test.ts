import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../scripts/datasets/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { trainedFolder, writeTrainedModel } from '../../../scripts/train/trained-model.ts';
import { sequentialModel, withSeededWeights } from '../convert/harness.ts';
import { run } from './run.ts';

let folder: string;
const before = process.env.FREEZEFRAME_STORE;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-freeze-'));
  process.env.FREEZEFRAME_STORE = folder;
  const dataset = await loadDataset('house-prices', { seed: 3 });
  if (dataset.kind !== 'table') throw new Error('house-prices is a table');
  const layers = [
    ['Dense', { units: 8, activation: 'relu' }],
    ['Dense', { units: 1 }],
  ] as const;
  const model = withSeededWeights(sequentialModel([dataset.features.length], layers), 2);
  const { name, digest } = dataset;
  await writeTrainedModel('houses', {
    model,
    training: {
      formatVersion: 1,
      kind: 'table',
      dataset: { name, digest, spec: 'house-prices', options: { seed: 3 } },
      architecture: 'mlp',
      backend: 'onnx',
      epochs: 1,
      seed: 3,
      metrics: { meanAbsoluteError: 1 },
      scaling: { features: dataset.features, target: dataset.target },
    },
  });
});

afterAll(async () => {
  if (before === undefined) delete process.env.FREEZEFRAME_STORE;
  else process.env.FREEZEFRAME_STORE = before;
  await rm(folder, { recursive: true, force: true });
});

describe('freezeframe freeze', () => {
  it('--json answers one line with version, metrics and verification', async () => {
    const { code, stdout } = await run(['freeze', 'houses', '--samples', '20', '--json']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'houses',
      version: '1',
      production: null,
      constant: { verdict: 'not-better' },
      warnings: [expect.stringContaining('not better')],
      metrics: { before: { meanAbsoluteError: 1 }, after: { meanAbsoluteError: expect.any(Number) } },
      verification: { samples: 20, maxDifference: expect.any(Number) },
    });
    expect((await openStore().resolve('houses@latest')).manifest.task).toBe('regression');
  });

  it('says in words what was saved under which name', async () => {
    const { code, stdout } = await run(['freeze', 'houses', '--name', 'prices']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^prices@1: .*frozen in/);
    // Random weights have learnt nothing.
    expect(stdout).toMatch(
      /^WARNING: On \d+ test rows it is not better than always answering [\d,.]+ \S+: mean error/m,
    );
    expect(stdout).toContain(
      'No version of prices is in production. To use this one: freezeframe models tag prices@1 production',
    );
    expect(stdout).toMatch(/as Freezeframe's plain evaluator on \d+ held-out samples: difference at most/);
  });

  it('refuses what was never trained, and says what to type', async () => {
    const { code, stderr } = await run(['freeze', 'nobody']);
    expect(code).toBe(1);
    expect(stderr).toContain('freezeframe train');
  });

  it.each(['0', '-1', 'some', '1.5'])('refuses --samples %s', async (samples) => {
    expect((await run(['freeze', 'houses', `--samples=${samples}`])).code).toBe(2);
  });

  it('saves nothing when the weights on disk are not those that were measured', async () => {
    const file = join(trainedFolder('houses'), 'training.json');
    const training = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...training, dataset: { ...training.dataset, digest: 'other' } }));
    const { code, stdout } = await run(['freeze', 'houses', '--name', 'never', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('dataset-changed');
    await expect(openStore().resolve('never')).rejects.toMatchObject({ code: 'model-not-found' });
  });
});
