import { basename, join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { BASE_OPTIONS } from './esbuild-options.ts';
import type { Source } from './files/tree.ts';
import { layerExternals, REQUIRE_BANNER } from './layers/layer-externals.ts';
import { functionEntry, listAssets } from './list-functions.ts';
import type { Built } from './unit.ts';

/** How a function becomes ES modules: `index.mjs`, and chunks that are loaded when first needed (the AWS SDK). */
export async function functionOptions(root: string, name: string) {
  return {
    ...BASE_OPTIONS,
    absWorkingDir: resolve(root),
    entryPoints: { index: (await functionEntry(root, name)) ?? join('functions', name, 'index.ts') },
    outdir: 'out',
    format: 'esm',
    // ES modules where a package has them: only what is used of them gets in.
    mainFields: ['module', 'main'],
    splitting: true,
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE_BANNER },
    plugins: [layerExternals()],
  } as const satisfies BuildOptions;
}

/** One function: its modules, and its assets as they are. */
export async function buildFunction(root: string, name: string): Promise<Built> {
  const result = await build(await functionOptions(root, name)).catch((error: Error) => {
    throw new FreezeframeError('bundle-failed', `The function ${name} cannot be bundled: ${error.message}`, {
      cause: error,
      remedy: `Correct functions/${name}/ and run the command again (npm run types says more).`,
    });
  });
  const tree = new Map<string, Source>(result.outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const inputs = sourceFiles(root, result.metafile);
  for (const asset of await listAssets(root, name)) {
    const file = join(root, 'functions', name, asset);
    // Code in JavaScript is bundled: Lambda would take a copy of index.js for the handler.
    if (inputs.includes(resolve(file))) continue;
    tree.set(asset, { file });
    inputs.push(file);
  }
  return { tree, inputs };
}

/** The files on disk that a bundle was made of, absolute. */
export function sourceFiles(root: string, { inputs }: Metafile): string[] {
  // "layer:sharp" and the like are the plugin's, not files.
  return Object.keys(inputs)
    .filter((path) => !/^[a-z-]{2,}:/.test(path))
    .map((path) => resolve(root, path));
}
