import { createHash } from 'node:crypto';
import { readSource, type Source, sortedPaths, type Tree } from '../files/tree.ts';
import { buildFunction } from '../functions.ts';
import { inferencePackage } from '../layers/inference-layer.ts';
import { layerPackages } from '../layers/layer-packages.ts';
import { readLock } from '../layers/natives.ts';
import { listFunctions } from '../list-functions.ts';
import { ARCHITECTURES } from '../target.ts';
import type { Built } from '../unit.ts';
import { type About, PARTS } from './prebuilt.ts';

export { type Source, type Tree, writeTree } from '../files/tree.ts';
export { filesIn } from './prebuilt.ts';

/** What a package carries of a bundle (`prebuilt/`): everything but natives and models. */
export async function makePrebuilt(root: string): Promise<Built> {
  const tree = new Map<string, Source>();
  const inputs: string[] = [];
  const add = (folder: string, files: Tree) => {
    for (const [path, source] of files) tree.set(`${folder}/${path}`, source);
  };
  for (const name of await listFunctions(root)) {
    const built = await buildFunction(root, name);
    add(`${PARTS.functions}/${name}`, built.tree);
    inputs.push(...built.inputs);
  }
  add(PARTS.inference, await inferencePackage(root, inputs));
  const about: About = { digest: await digestOf(tree), natives: await lambdaNatives(root) };
  tree.set(PARTS.about, new TextEncoder().encode(`${JSON.stringify(about, null, 2)}\n`));
  return { tree, inputs };
}

async function digestOf(tree: Tree): Promise<string> {
  const hash = createHash('sha256');
  for (const path of sortedPaths(tree)) hash.update(`${path}\0`).update(await readSource(tree.get(path) as Source));
  return hash.digest('hex');
}

async function lambdaNatives(root: string): Promise<About['natives']> {
  const { packages } = await readLock(root);
  const names = ARCHITECTURES.flatMap((arch) => layerPackages({ platform: 'linux', arch }))
    .filter(({ native }) => native)
    .map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => {
      const { version, integrity } = packages.get(name) ?? {};
      if (!version || !integrity)
        throw new Error(`package-lock.json lacks ${name}: run npm install with all platforms`);
      return [name, { version, integrity }];
    }),
  );
}
