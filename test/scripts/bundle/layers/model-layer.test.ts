import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModelLayer, modelIndex } from '../../../../scripts/bundle/layers/model-layer.ts';
import { openStore } from '../../../../scripts/store/places.ts';
import { saveTinyModel } from '../../tiny-model.ts';

describe('modelIndex', () => {
  it('takes the first model and the first version of each name as defaults', () => {
    const models = [
      { name: 'b', version: '10' },
      { name: 'a', version: '1' },
      { name: 'b', version: '9' },
    ];
    expect(modelIndex(models)).toEqual({
      default: 'b',
      models: { b: { default: '10', versions: ['9', '10'] }, a: { default: '1', versions: ['1'] } },
    });
  });

  it('keeps the tags of the versions that are bundled as labels', () => {
    const models = [
      { name: 'a', version: '3', tags: ['production'] },
      { name: 'a', version: '4', tags: ['latest', 'canary'] },
      { name: 'b', version: '1', tags: [] },
    ];
    expect(modelIndex(models).models).toEqual({
      a: { default: '3', versions: ['3', '4'], labels: { production: '3', latest: '4', canary: '4' } },
      b: { default: '1', versions: ['1'] },
    });
  });

  it('takes a model that is called `constructor`, which every object has from birth', () => {
    const { models } = modelIndex([{ name: 'constructor', version: '1' }]);
    expect(Object.entries(models)).toEqual([['constructor', { default: '1', versions: ['1'] }]]);
  });

  it('refuses an empty list', () => {
    expect(() => modelIndex([])).toThrowError(expect.objectContaining({ code: 'no-models' }));
  });
});

describe('buildModelLayer', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'freezeframe-layer-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('takes no damaged model: every function would answer 503', async () => {
    const model = await saveTinyModel(openStore(root), 'tiny');
    expect([...(await buildModelLayer([model])).tree.keys()]).toContain('models/tiny/1/model.onnx');
    const file = join(model.folder, 'model.onnx');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(buildModelLayer([model])).rejects.toMatchObject({ code: 'model-damaged' });
  });
});
