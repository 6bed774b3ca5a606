import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FreezeframeError } from '@freezeframe/inference';
import { allInProduction, type ModelStore, type StoredModel } from '#store';
import { buildModelLayer, modelIndex } from './layers/model-layer.ts';
import { listAssets, listFunctions } from './list-functions.ts';
import type { Origin } from './origin/origin.ts';
import { filesIn, PARTS, readAbout } from './origin/prebuilt.ts';
import type { Target } from './target.ts';
import { hashFile, type Unit } from './unit.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** esbuild and the rest are loaded only by a unit that must be built: finding all of them current takes no time. */
export async function listUnits(
  origin: Origin,
  target: Target,
  cache: string,
  models: readonly StoredModel[],
): Promise<Unit[]> {
  const { root, prebuilt } = origin;
  const recipe = prebuilt ? (await readAbout(prebuilt)).digest : await recipeHash(root);
  const modelKey = JSON.stringify([recipe, modelIndex(models), models.map(({ digest }) => digest)]);
  const functions: Unit[] = prebuilt ? await prebuiltFunctions(prebuilt, recipe) : [];
  const ours = new Set(functions.map(({ name }) => name));
  for (const name of await listFunctions(root)) {
    if (ours.has(`functions/${name}`)) throw nameTaken(name);
    functions.push({
      name: `functions/${name}`,
      key: JSON.stringify([recipe, await listAssets(root, name)]),
      build: async () => (await import('./functions.ts')).buildFunction(root, name),
    });
  }
  return [
    {
      name: 'layers/inference',
      key: JSON.stringify([recipe, target]),
      build: async () => (await import('./layers/inference-layer.ts')).buildInferenceLayer(origin, target, cache),
    },
    {
      name: 'layers/model',
      key: modelKey,
      build: async () => buildModelLayer(models),
    },
    ...functions,
  ];
}

/** Ours, as the package brings them. */
async function prebuiltFunctions(prebuilt: string, key: string): Promise<Unit[]> {
  const folder = join(prebuilt, PARTS.functions);
  const names = (await readdir(folder)).sort();
  return names.map((name) => ({
    name: `functions/${name}`,
    key,
    build: async () => {
      const tree = await filesIn(join(folder, name));
      return { tree, inputs: [...tree.values()].map(({ file }) => file) };
    },
  }));
}

function nameTaken(name: string): FreezeframeError {
  return new FreezeframeError('bundle-failed', `functions/${name} has the name of a function of Freezeframe`, {
    remedy: `Give the folder, and its entry in serverless.yml, another name than ${name}.`,
    details: { function: name },
  });
}

/** Changes with this folder's code and with any installed version. */
async function recipeHash(root: string): Promise<string> {
  const hash = createHash('sha256');
  const own = (await readdir(HERE, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  for (const name of own) hash.update(`${name} ${await hashFile(join(HERE, name))}\n`);
  return hash.update(await readFile(join(root, 'package-lock.json'))).digest('hex');
}

/** The models of a bundle, the default first. @throws FreezeframeError the store's codes. */
export async function chooseModels(store: ModelStore, references?: readonly string[]): Promise<StoredModel[]> {
  if (!references || references.length === 0) {
    const known = await allInProduction(store);
    return Promise.all(known.map(({ name, version }) => store.resolve(`${name}@${version}`)));
  }
  const models = await Promise.all(references.map((reference) => store.resolve(reference)));
  return models.filter(({ digest, name }, i) => models.findIndex((m) => m.digest === digest && m.name === name) === i);
}
