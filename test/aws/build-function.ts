import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeTree } from '../../scripts/bundle/files/tree.ts';
import { buildFunction } from '../../scripts/bundle/functions.ts';
import { buildInferenceLayer } from '../../scripts/bundle/layers/inference-layer.ts';
import { hostTarget } from '../../scripts/bundle/target.ts';
import type { FunctionSettings } from '../../scripts/local/runtime/child-environment.ts';
import { colourModel, writeModels } from '../functions/models.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface BuiltFunction {
  settings(environment: Record<string, string>): FunctionSettings;
  remove(): Promise<void>;
}

/** One function as it is deployed, its layer unpacked, and a model that names colours; nothing is zipped. */
export async function buildOne(name: string): Promise<BuiltFunction> {
  const work = await mkdtemp(join(tmpdir(), `freezeframe-${name}-`));
  const { tree } = await buildFunction(ROOT, name);
  await writeTree(tree, join(work, 'function'));
  const layer = await buildInferenceLayer({ root: ROOT }, hostTarget(), join(work, 'cache'));
  await writeTree(layer.tree, join(work, 'layer'));
  const modelsDir = await writeModels([colourModel()]);
  return {
    settings: (environment) => ({
      name,
      folder: join(work, 'function'),
      layerModules: join(work, 'layer', 'nodejs', 'node_modules'),
      modelsDir,
      environment,
      memory: 1_769,
    }),
    remove: async () => {
      for (const folder of [work, modelsDir]) await rm(folder, { recursive: true, force: true });
    },
  };
}
