import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { filesIn, type Source, type Tree } from '#bundle/prebuilt';
import { installedVersions, publishedManifest } from './manifest.ts';

const run = promisify(execFile);

/** Others' types are part of ours (zod), or theirs are binaries. */
const DEPENDENCIES = ['onnxruntime-node', 'sharp', 'zod'];

/** `@freezeframe/inference` as it is published: one ES module, its types, and the list of error codes. */
export async function inferencePackage(root: string): Promise<Tree> {
  const own = join(root, 'layers', 'inference');
  const { outputFiles } = await build({
    absWorkingDir: resolve(root),
    entryPoints: [join(own, 'src', 'index.ts')],
    outdir: 'out',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Read by those who use it.
    minify: false,
    keepNames: true,
    write: false,
    logLevel: 'silent',
    external: DEPENDENCIES,
  });
  const [index] = outputFiles;
  const types = { types: './types/index.d.ts', default: './index.js' };
  const manifest = await publishedManifest(root, own, {
    exports: {
      '.': types,
      './error-codes': { types: './types/error-codes.d.ts', default: './error-codes.json' },
      './package.json': './package.json',
    },
    sideEffects: true,
    dependencies: await installedVersions(root, DEPENDENCIES),
  });
  const tree = new Map<string, Source>([
    ['index.js', (index as { contents: Uint8Array }).contents],
    ['error-codes.json', { file: join(own, 'src', 'error-codes.json') }],
    ['README.md', { file: join(own, 'README.md') }],
    ['LICENSE', { file: join(root, 'LICENSE') }],
    ['package.json', manifest],
  ]);
  for (const [path, text] of await declarations(root, own)) tree.set(`types/${path}`, text);
  return tree;
}

/** `.d.ts` of every source file. */
async function declarations(root: string, own: string): Promise<Map<string, Uint8Array>> {
  const out = await mkdtemp(join(tmpdir(), 'freezeframe-types-'));
  try {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const words = [compiler, '--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--rootDir', join(own, 'src')];
    const options = ['--outDir', out, '--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--strict'];
    const more = [
      '--exactOptionalPropertyTypes',
      '--allowImportingTsExtensions',
      '--skipLibCheck',
      '--resolveJsonModule',
    ];
    await run(process.execPath, [...words, ...options, ...more, join(own, 'src', 'index.ts')], { cwd: root });
    // Who imports JSON needs an option of the compiler that our users may not have set.
    const codes = JSON.parse(await readFile(join(own, 'src', 'error-codes.json'), 'utf8')) as object;
    const names = Object.keys(codes).map((code) => `  ${JSON.stringify(code)}: string;\n`);
    const listed = `declare const codes: {\n${names.join('')}};\nexport default codes;\n`;
    const texts = new Map([['error-codes.d.ts', new TextEncoder().encode(listed)]]);
    for (const [path, { file }] of await filesIn(out)) {
      const text = (await readFile(file, 'utf8'))
        .replaceAll(/(from|import\()( ?["']\.[^"']*)\.ts(["'])/g, '$1$2.js$3')
        .replace(/["']\.\/error-codes\.json["']( with \{[^}]*\})?/, "'./error-codes.js'");
      texts.set(path, new TextEncoder().encode(text));
    }
    return texts;
  } finally {
    await rm(out, { recursive: true });
  }
}
