import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The version that Teachable Machine's pages have named since 2021. */
const LIBRARY = '@teachablemachine/image@0.8.5';
/** `cpu`, which the tests have anyway, takes a second for a picture. */
const WASM = '@tensorflow/tfjs-backend-wasm@4.22.0';

export interface Library {
  /** TensorFlow.js as the global `tf` that the library wants, then the library. */
  readonly scripts: readonly string[];
  /** The folder of the files that the WebAssembly backend asks for. */
  readonly wasm: string;
}

/** Teachable Machine's own library, from npm; undefined without a network. @param folder where it may be unpacked */
export async function fetchLibrary(folder: string): Promise<Library | undefined> {
  let unpacked: [string, string];
  try {
    unpacked = [await unpack(LIBRARY, folder), await unpack(WASM, folder)];
  } catch {
    return undefined;
  }
  const [library, backend] = unpacked;
  const script = await readFile(join(library, 'dist/teachablemachine-image.min.js'), 'utf8');
  return { scripts: [await tensorflowScript(backend), script], wasm: join(backend, 'dist') };
}

async function unpack(name: string, folder: string): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run('npm', ['pack', name, '--json', '--silent'], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const unpacked = join(folder, filename.replace(/\.tgz$/, ''));
  await mkdir(unpacked);
  await run('tar', ['xzf', join(folder, filename), '-C', unpacked]);
  return join(unpacked, 'package');
}

/** From the packages that the tests have anyway, and the backend. */
async function tensorflowScript(backend: string): Promise<string> {
  const contents = `
    import * as core from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
    import * as layers from '@tensorflow/tfjs-layers';
    import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
    setWasmPaths('/wasm/');
    globalThis.tf = { ...core, ...layers };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    alias: { '@tensorflow/tfjs-backend-wasm': backend },
    nodePaths: [join(ROOT, 'node_modules')],
    external: ['fs', 'path', 'os', 'perf_hooks', 'worker_threads'],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
