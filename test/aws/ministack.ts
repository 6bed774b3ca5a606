import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** The local AWS's executable (PyPI `ministack`); tests that need it are skipped without. */
export const MINISTACK = process.env.MINISTACK;

const LAYERS = new URL('./ministack-layers.mjs', import.meta.url).href;

/**
 * Starts MiniStack on a free port of loopback, in a folder of its own; it ends with all that it started.
 * @param enforced whether policies are, as AWS does.
 */
export async function startMiniStack({
  enforced = true,
} = {}): Promise<{ endpoint: string; pid: number; close: () => Promise<void> }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-ministack-'));
  let said = '';
  const child = spawn(MINISTACK as string, [], {
    cwd: folder,
    // A group of its own: the functions that it starts end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: String(enforced),
      NODE_OPTIONS: `--import=${LAYERS}`,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
    });
  }
  const killed = () => kill(child, 'SIGKILL');
  // However the tests end.
  process.once('exit', killed);
  const close = async () => {
    await end(child);
    process.off('exit', killed);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = Date.now() + 60_000;
  while (!(await fetch(endpoint).catch(() => undefined))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await close();
      throw new Error(`MiniStack does not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { endpoint, pid: child.pid as number, close };
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(pid as number), signal);
  } catch {
    // Gone already.
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode === null) child.once('exit', () => resolve());
    else resolve();
  });
  kill(child, 'SIGTERM');
  const timer = setTimeout(() => kill(child, 'SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
  kill(child, 'SIGKILL');
}
