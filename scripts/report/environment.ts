import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, platform } from 'node:os';

/** What made the report, and on what: speeds say little without it. */
export async function environmentRows(): Promise<[string, string][]> {
  const own = await versionOf(new URL('../../package.json', import.meta.url));
  const require = createRequire(import.meta.url);
  const engine = await versionOf(require.resolve('onnxruntime-node/package.json')).catch(() => 'unknown');
  return [
    ['Made with', `Freezeframe ${own}, Node ${process.versions.node}, onnxruntime ${engine}`],
    ['Measured on', `${platform()} ${arch()}, ${availableParallelism()} cores`],
  ];
}

async function versionOf(file: URL | string): Promise<string> {
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
