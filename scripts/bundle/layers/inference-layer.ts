import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { build } from 'esbuild';
import { BASE_OPTIONS } from '../esbuild-options.ts';
import type { Source } from '../files/tree.ts';
import { sourceFiles } from '../functions.ts';
import { HOME, type Origin } from '../origin/origin.ts';
import { filesIn, PARTS, prebuiltNatives } from '../origin/prebuilt.ts';
import type { Target } from '../target.ts';
import type { Built } from '../unit.ts';
import { bundleScript } from './bundle-script.ts';
import { type LayerPackage, layerPackages } from './layer-packages.ts';
import { fetchNative, readLock } from './natives.ts';

/** Lambda unpacks a layer to /opt and looks for packages in /opt/nodejs/node_modules. */
export const LAYER_MODULES = 'nodejs/node_modules';

const PACKAGE_NAME = '@freezeframe/inference';

/**
 * The inference layer: `@freezeframe/inference` as one CommonJS file, and the packages of {@link layerPackages}, the scripts of
 * each as one file too.
 * @param cache where fetched natives are kept.
 */
export async function buildInferenceLayer(origin: Origin, target: Target, cache: string): Promise<Built> {
  const tree = new Map<string, Source>();
  const inputs: string[] = [];
  const add = (path: string, source: Source) => {
    tree.set(path, source);
    if (!(source instanceof Uint8Array)) inputs.push(source.file);
  };
  const { root, prebuilt } = origin;
  const own = prebuilt ? await filesIn(join(prebuilt, PARTS.inference)) : await inferencePackage(root, inputs);
  for (const [path, source] of own) add(`${PACKAGE_NAME}/${path}`, source);
  const packages = layerPackages(target);
  for (const each of packages) {
    const list = () => (prebuilt ? prebuiltNatives(prebuilt) : readLock(root));
    const folder = await installedFolder(origin, each);
    const files = folder ? await filesIn(folder) : await fetchNative(each.name, await list(), cache);
    for (const [path, source] of chooseFiles(each, files)) add(`${each.name}/${path}`, source);
    if (!each.script || !folder) continue;
    const made = await bundleScript({ name: each.name, script: each.script }, folder, packages, inputs);
    for (const [path, source] of made) add(`${each.name}/${path}`, source);
  }
  return { tree: new Map([...tree].map(([path, source]) => [`${LAYER_MODULES}/${path}`, source])), inputs };
}

/** `@freezeframe/inference` as one file. @param inputs gets the files that it is made of */
export async function inferencePackage(root: string, inputs: string[]): Promise<Map<string, Source>> {
  const folder = join(root, 'layers', 'inference');
  const result = await build({
    ...BASE_OPTIONS,
    absWorkingDir: resolve(root),
    entryPoints: { index: join('layers', 'inference', 'src', 'index.ts') },
    outdir: 'out',
    format: 'cjs',
    external: ['sharp', 'onnxruntime-node'],
    // `import()` would ask for the packages' ES module halves, which are not in the layer.
    supported: { 'dynamic-import': false },
  });
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
  };
  inputs.push(join(folder, 'package.json'), ...sourceFiles(root, result.metafile));
  const manifest = { name: PACKAGE_NAME, version, license, type: 'commonjs', main: 'index.js' };
  return new Map<string, Source>([
    ...result.outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
    ['package.json', new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`)],
  ]);
}

/**
 * Where an installed package is; undefined where it is a native of another platform. A package manager may put what the
 * engine and sharp need beside them (npm, yarn), or below each (pnpm).
 * @throws FreezeframeError `package-not-installed`
 */
async function installedFolder(
  { root, prebuilt }: Origin,
  { name, native }: LayerPackage,
): Promise<string | undefined> {
  const home = join(prebuilt ? HOME : root, 'package.json');
  const { resolve: resolveFrom } = createRequire(home);
  const places = [home];
  if (prebuilt) places.push(resolveFrom('onnxruntime-node'), resolveFrom('sharp'));
  for (const place of places) {
    for (const modules of createRequire(place).resolve.paths(name) ?? []) {
      const folder = join(modules, name);
      if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder;
    }
  }
  if (native) return undefined;
  throw new FreezeframeError('package-not-installed', `The package ${name} is not installed.`, {
    remedy: prebuilt ? 'Install the packages of the project again.' : 'Run npm ci in the project folder.',
  });
}

/** The files that the package's list asks for. @throws FreezeframeError `layer-list-outdated` for a pattern without a file. */
export function chooseFiles(each: LayerPackage, files: ReadonlyMap<string, Source>): Map<string, Source> {
  const chosen = new Map<string, Source>();
  for (const pattern of each.files) {
    const matching = [...files].filter(([path]) => pattern.test(path));
    if (matching.length === 0) {
      throw new FreezeframeError('layer-list-outdated', `${each.name} has no file that matches ${pattern}.`, {
        remedy: 'The package has changed its layout: correct its entry in scripts/bundle/layers/layer-packages.ts.',
        details: { package: each.name, pattern: String(pattern) },
      });
    }
    for (const [path, source] of matching) chosen.set(path, source);
  }
  return chosen;
}
