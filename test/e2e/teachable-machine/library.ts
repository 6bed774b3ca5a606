import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** The version that Teachable Machine's pages have named since 2021. */
const PACKAGE = '@teachablemachine/image@0.8.5';

/** Teachable Machine's own library, from npm; undefined without a network. @param folder where it may be unpacked */
export async function fetchLibrary(folder: string): Promise<string | undefined> {
  const run = promisify(execFile);
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--json', '--silent'], { cwd: folder });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await run('tar', ['xzf', filename], { cwd: folder });
  } catch {
    return undefined;
  }
  return readFile(join(folder, 'package/dist/teachablemachine-image.min.js'), 'utf8');
}

/** TensorFlow.js as the global `tf` that the library wants, from the packages that the tests have anyway. */
export async function tensorflowScript(root: string): Promise<string> {
  const contents = `
    import * as core from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
    import * as layers from '@tensorflow/tfjs-layers';
    import '@tensorflow/tfjs-backend-cpu';
    globalThis.tf = { ...core, ...layers };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
