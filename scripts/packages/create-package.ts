import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Source, Tree } from '#bundle/prebuilt';
import { publishedManifest } from './manifest.ts';

/** `create-freezeframe` as it is published: one file that writes a project, and needs nothing. */
export async function createPackage(root: string): Promise<Tree> {
  const own = join(root, 'packages', 'create');
  const { outputFiles } = await build({
    absWorkingDir: resolve(root),
    entryPoints: [join(own, 'index.js')],
    outdir: 'out',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    external: ['onnxruntime-node', 'sharp'],
  });
  const [index] = outputFiles;
  const manifest = await publishedManifest(root, own, { bin: { 'create-freezeframe': 'index.js' } });
  return new Map<string, Source>([
    ['index.js', (index as { contents: Uint8Array }).contents],
    ['README.md', { file: join(own, 'README.md') }],
    ['LICENSE', { file: join(root, 'LICENSE') }],
    ['package.json', manifest],
  ]);
}
