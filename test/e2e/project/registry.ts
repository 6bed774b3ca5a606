import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../free-port.ts';

/** The executable of npm's `verdaccio`, a registry; tests that need it are skipped without. */
export const VERDACCIO = process.env.VERDACCIO;

export interface Registry {
  readonly url: string;
  /** For npm and all that speak its words: this registry, as somebody who may publish, and no caches but those below `home`. */
  environment(home: string): Record<string, string>;
  close(): Promise<void>;
}

/** A registry on loopback that knows what is published to it, and asks npm's for all else. */
export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-registry-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const own = { access: '$all', publish: '$authenticated' };
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { npm: { url: process.env.npm_config_registry ?? 'https://registry.npmjs.org/', timeout: '60s' } },
    packages: { '@freezeframe/*': own, 'create-freezeframe': own, '**': { access: '$all', proxy: 'npm' } },
    max_body_size: '50mb',
    log: { type: 'stdout', format: 'json', level: 'error' },
  };
  // JSON is YAML.
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  const words = ['--config', join(folder, 'config.yaml'), '--listen', url];
  const child = spawn(VERDACCIO as string, words, {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, HOME: folder },
  });
  const close = async () => {
    const gone = new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode === null && child.kill()) await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  try {
    const token = await register(url);
    const environment = (home: string) => ({
      PATH: process.env.PATH ?? '',
      HOME: home,
      npm_config_registry: `${url}/`,
      npm_config_cache: join(home, '.npm'),
      npm_config_userconfig: join(home, '.npmrc'),
      [`npm_config_//127.0.0.1:${port}/:_authToken`]: token,
    });
    return { url, environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes a user as soon as the registry answers. @returns a token to publish with */
async function register(url: string): Promise<string> {
  const body = JSON.stringify({ name: 'tester', password: 'of-loopback-only' });
  const request = { method: 'PUT', headers: { 'content-type': 'application/json' }, body };
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${url}/-/user/org.couchdb.user:tester`, request);
      return ((await response.json()) as { token: string }).token;
    } catch (error) {
      if (attempt === 300) throw error;
      await pause(200);
    }
  }
}
