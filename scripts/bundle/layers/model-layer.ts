import { join } from 'node:path';
import { FreezeframeError, type ModelsIndex } from '@freezeframe/inference';
import { readModel, type StoredModel } from '#store';
import type { Source } from '../files/tree.ts';
import type { Built } from '../unit.ts';

/**
 * `models/index.json`: which model and version a request without a name gets, and the tags that versions had when they were
 * bundled. The first model is the default, and so is the first version of each name.
 * @throws FreezeframeError `no-models` for an empty list.
 */
export function modelIndex(
  models: readonly (Pick<StoredModel, 'name' | 'version'> & Partial<Pick<StoredModel, 'tags'>>)[],
): ModelsIndex {
  const [first] = models;
  if (!first) {
    throw new FreezeframeError('no-models', 'There is no model to bundle.', {
      remedy:
        'Train one (freezeframe train gnomes --name gnomes), or name one with --model, or give one the tag production. What there is: freezeframe models list',
    });
  }
  // Without a prototype: a model may be called `constructor`.
  const byName: ModelsIndex['models'] = Object.create(null);
  for (const { name, version, tags = [] } of models) {
    const entry = byName[name] ?? { default: version, versions: [] };
    if (!entry.versions.includes(version)) entry.versions.push(version);
    if (tags.length > 0) entry.labels = { ...entry.labels, ...Object.fromEntries(tags.map((tag) => [tag, version])) };
    byName[name] = entry;
  }
  for (const entry of Object.values(byName)) entry.versions.sort((a, b) => Number(a) - Number(b));
  return { default: first.name, models: byName };
}

/**
 * The model layer: `models/<name>/<version>/{model.onnx,manifest.json}` and `models/index.json`.
 * @throws ModelError `model-damaged`: functions would find that out, and answer 503.
 */
export async function buildModelLayer(models: readonly StoredModel[]): Promise<Built> {
  const tree = new Map<string, Source>();
  const inputs: string[] = [];
  const index = `${JSON.stringify(modelIndex(models), null, 2)}\n`;
  tree.set('models/index.json', new TextEncoder().encode(index));
  for (const model of models) {
    const { name, version, folder } = model;
    await readModel(model);
    for (const file of ['model.onnx', 'manifest.json']) {
      const source = join(folder, file);
      tree.set(`models/${name}/${version}/${file}`, { file: source });
      inputs.push(source);
    }
  }
  return { tree, inputs };
}
