import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_ACCOUNT } from './package-stack.ts';

/** Something to deploy to: a local AWS, or a real account. */
export interface Cloud {
  readonly local: boolean;
  readonly stage: string;
  /** For every program and SDK that asks it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where an HTTP API of this id answers, without a slash at the end. */
  apiUrl(id: string): string;
  close(): Promise<void>;
}

/** MINISTACK: the program `ministack` (PyPI). E2E_AWS_PROFILE: a profile of a real account, which is charged for it. */
const { MINISTACK, E2E_AWS_PROFILE } = process.env;

/** Why there is nothing to deploy to. */
export const NO_CLOUD =
  MINISTACK || E2E_AWS_PROFILE
    ? undefined
    : 'set MINISTACK to the program of PyPI’s ministack, or E2E_AWS_PROFILE to the profile of an account';

export async function openCloud(): Promise<Cloud> {
  if (E2E_AWS_PROFILE) return account(E2E_AWS_PROFILE);
  if (!MINISTACK) throw new Error(NO_CLOUD);
  return ministack(MINISTACK);
}

function account(profile: string): Cloud {
  const region = process.env.AWS_REGION ?? 'eu-central-1';
  return {
    local: false,
    stage: `e2e-${randomBytes(3).toString('hex')}`,
    environment: { AWS_PROFILE: profile, AWS_REGION: region, HOME: process.env.HOME ?? '' },
    apiUrl: (id) => `https://${id}.execute-api.${region}.amazonaws.com`,
    close: async () => {},
  };
}

async function ministack(program: string): Promise<Cloud> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-ministack-'));
  let said = '';
  const child = spawn(program, [], {
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
      NODE_OPTIONS: `--import=${new URL('./ministack-layers.mjs', import.meta.url).href}`,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
    });
  }
  const killed = () => void kill(child, 'SIGKILL');
  // However the tests end.
  process.once('exit', killed);
  const close = async () => {
    await end(child);
    process.off('exit', killed);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = Date.now() + 60_000;
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await close();
      throw new Error(`ministack does not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    local: true,
    stage: 'e2e',
    environment: { ...NO_ACCOUNT, AWS_ENDPOINT_URL: endpoint },
    apiUrl: (id) => `${endpoint}/_aws/execute-api/${id}/$default`,
    close,
  };
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
