import { join, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { filesIn, makePrebuilt, type Source, type Tree } from '#bundle/prebuilt';
import { askedByAddress } from './asked.ts';
import { installedVersions, publishedManifest } from './manifest.ts';
import { thirdPartyNotices } from './notices.ts';
import { ownUrls, VENDOR } from './own-urls.ts';
import { stackFiles } from './stack-files.ts';

const NAME = '@freezeframe/cli';

/** Started by their path in another way than {@link askedByAddress} sees. */
const ENTRIES = [
  'scripts/freezeframe.js',
  'scripts/local/runtime/only-layers.mjs',
  'scripts/local/runtime/runtime-client.mjs',
  'scripts/local/runtime/with-parent.mjs',
];

const FILES = ['LICENSE', 'CHANGELOG.md'];
const FOLDERS = ['assets/backbones'];

/**
 * What no bundle can hold: binaries (esbuild bundles the handlers of the project that uses the package), and fflate, which
 * starts threads from the text of its own functions, so that none of their names may change.
 */
const DEPENDENCIES = ['esbuild', 'fflate', 'onnxruntime-node', 'sharp'];

const HDF5 = 'node_modules/h5wasm/dist/esm/hdf5_util.js';

/** CommonJS packages in ES modules ask for Node's own by `require`. */
const BANNER =
  "import { createRequire as packageRequire } from 'node:module';const require = packageRequire(import.meta.url);";

/** `@freezeframe/cli` as it is published: the command line, compiled, with all that it needs but the natives. */
export async function cliPackage(root: string): Promise<Tree> {
  const own = join(root, 'packages', 'cli');
  const tree = new Map<string, Source>();
  const asked = await askedByAddress(root);
  const entries = [...ENTRIES, ...asked.modules];
  const { outputFiles, metafile } = await build({
    absWorkingDir: resolve(root),
    entryPoints: Object.fromEntries(entries.map((path) => [path.replace(/\.\w+$/, ''), path])),
    outdir: 'out',
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    keepNames: true,
    // The texts are in the notices.
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    mainFields: ['module', 'main'],
    external: DEPENDENCIES,
    banner: { js: BANNER },
    loader: { '.css': 'text' },
    plugins: [ownUrls(root, NAME)],
  });
  const out = resolve(root, 'out');
  for (const { path, contents } of outputFiles) {
    const name = relative(out, path).split(sep).join('/');
    // These are named with their ending where they are started.
    const entry = entries.find((each) => each.endsWith('.mjs') && each.replace(/mjs$/, 'js') === name);
    tree.set(entry ?? name, contents);
  }
  for (const path of [...FILES, ...asked.files]) tree.set(path, { file: join(root, path) });
  for (const folder of FOLDERS) {
    for (const [path, source] of await filesIn(join(root, folder))) tree.set(`${folder}/${path}`, source);
  }
  // Messages name pages.
  for (const [path, source] of await filesIn(join(root, 'docs'))) {
    if (/\.(md|json)$/.test(path)) tree.set(`docs/${path}`, source);
  }
  for (const [path, source] of await stackFiles(root)) tree.set(path, source);
  tree.set(`${VENDOR}/hdf5_util.js`, { file: join(root, HDF5) });
  const prebuilt = await makePrebuilt(root);
  for (const [path, source] of prebuilt.tree) tree.set(`prebuilt/${path}`, source);
  const inputs = [
    ...Object.keys(metafile.inputs).map((path) => resolve(root, path)),
    ...prebuilt.inputs,
    join(root, HDF5),
  ];
  tree.set('THIRD-PARTY-NOTICES.md', await thirdPartyNotices(root, inputs));
  tree.set('README.md', { file: join(own, 'README.md') });
  const manifest = await publishedManifest(root, own, {
    bin: { freezeframe: 'scripts/freezeframe.js' },
    exports: { './package.json': './package.json', './stack': './resources/stack.cjs' },
    dependencies: await installedVersions(root, DEPENDENCIES),
  });
  tree.set('package.json', manifest);
  return tree;
}
