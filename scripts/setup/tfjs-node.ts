import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FreezeframeError } from '@freezeframe/inference';
import { buildTfjsNode } from './build-tfjs-node.ts';

const PACKAGE = '@tensorflow/tfjs-node/package.json';
const TRY = fileURLToPath(new URL('./try-tfjs-node.ts', import.meta.url));

/** Whether the backend loads and learns, asked in a process of its own: what once failed to load is not tried again. */
function tryBackend(): { works: boolean; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', TRY], { encoding: 'utf8' });
  return { works: status === 0, said: (status === 0 ? stdout : stderr).trim() };
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(PACKAGE));
  } catch (cause) {
    throw new FreezeframeError('backend-unavailable', '@tensorflow/tfjs-node is not installed', {
      cause,
      remedy: 'Run npm ci without --omit=optional.',
    });
  }
}

/** Headers that lie beside Node save node-gyp a download. */
function headers(): Record<string, string> {
  const home = join(dirname(process.execPath), '..');
  return existsSync(join(home, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: home } : {};
}

const before = tryBackend();
if (before.works) {
  process.stdout.write(`It is there already: ${before.said}\n`);
} else {
  try {
    const say = (line: string) => process.stdout.write(`${line}\n`);
    await buildTfjsNode(packageFolder(), { env: { ...process.env, ...headers() }, say });
    const { works, said } = tryBackend();
    if (!works) throw new FreezeframeError('backend-unavailable', `What was built does not work: ${said}`);
    process.stdout.write(`${said}\n`);
  } catch (error) {
    if (!(error instanceof FreezeframeError)) throw error;
    process.stderr.write(`${[error.message, error.remedy].filter(Boolean).join('\n')}\n`);
    process.exitCode = 1;
  }
}
