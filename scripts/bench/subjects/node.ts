import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { builtFunction, nodeProgram } from '#local';
import { makeFolder } from '#system';
import { writeTensorflowJs } from '../setups/tensorflow-js.ts';
import { sizeOf } from './size.ts';
import type { Subject, Workshop } from './subject.ts';

const run = promisify(execFile);
const program = (name: string) => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
/** As npm installs packages: in place of the layer, whose scripts are bundled. */
const INSTALLED = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export const floorSubject: Subject = {
  name: 'floor',
  about: 'sharp and onnxruntime-node called directly',
  async prepare({ work, model }) {
    const folder = join(work, 'floor');
    await mkdir(folder);
    await copyFile(program('floor.mjs'), join(folder, 'index.mjs'));
    const settings = builtFunction(model.built.outDir, 'http', { MODEL: model.onnx, LABELS: model.labels });
    const layer = join(model.built.outDir, 'layers', 'inference');
    const bytes = (await sizeOf(folder)) + (await sizeOf(layer)) + (await sizeOf(model.onnx));
    return { program: nodeProgram({ ...settings, folder, layerModules: INSTALLED }), bytes };
  },
};

/** Installed into the cache: nothing else needs it. */
const WASM = '@tensorflow/tfjs-backend-wasm@4.22.0';

export const wasmSubject: Subject = {
  name: 'tfjs-wasm + jimp',
  about: `TensorFlow.js 4.22 on WebAssembly, jimp`,
  async prepare(workshop) {
    const cache = join(workshop.cache, 'wasm');
    await makeFolder(cache);
    await run('npm', ['install', '--prefix', cache, '--no-save', '--no-audit', '--no-fund', '--prefer-offline', WASM]);
    const folder = join(workshop.work, 'wasm');
    const dist = join(cache, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
    for (const kind of ['', '-simd', '-threaded-simd']) {
      const file = `tfjs-backend-wasm${kind}.wasm`;
      await cp(join(dist, file), join(folder, 'wasm', file), { recursive: true });
    }
    return tensorflowJs(workshop, folder, 'wasm', [join(cache, 'node_modules')]);
  },
};

export const tfjsNodeSubject: Subject = {
  name: 'tfjs-node + jimp',
  about: 'TensorFlow.js 4.22 on libtensorflow, jimp',
  async prepare(workshop) {
    const installed = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json');
    await run(process.execPath, ['-e', "require('@tensorflow/tfjs-node')"], { cwd: dirname(installed) });
    const folder = join(workshop.work, 'tfjs-node');
    const prepared = await tensorflowJs(workshop, folder, 'node', []);
    return { ...prepared, bytes: prepared.bytes + (await sizeOf(dirname(installed))) };
  },
};

/** One file, as a function would be bundled. Left out: what is native. */
async function tensorflowJs({ model }: Workshop, folder: string, backend: string, nodePaths: string[]) {
  await makeFolder(folder);
  await build({
    entryPoints: { index: program('tfjs.mjs') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    nodePaths,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', minify: true, logLevel: 'silent' },
    external: backend === 'node' ? ['@tensorflow/tfjs-backend-wasm'] : [],
    plugins: [
      {
        name: 'native',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^@tensorflow\/tfjs-node$/ }, ({ path }) => ({
            path: import.meta.resolve(path),
            external: true,
          }));
        },
      },
    ],
    banner: {
      js: [
        "import { createRequire as requireOf } from 'node:module';",
        'const require = requireOf(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
      ].join(''),
    },
  });
  const file = join(folder, 'model.json');
  await writeTensorflowJs(model.keras, file);
  const environment = { BACKEND: backend, MODEL: file, LABELS: model.labels };
  const settings = { ...builtFunction(model.built.outDir, 'http', environment), folder, layerModules: INSTALLED };
  return { program: nodeProgram(settings), bytes: await sizeOf(folder) };
}
