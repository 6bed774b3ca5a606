import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toEvent } from '../../../scripts/local/http/event.ts';
import { childEnvironment } from '../../../scripts/local/runtime/child-environment.ts';
import { type BuiltFunction, buildOne } from '../../aws/build-function.ts';
import { plainPicture } from '../../functions/pictures.ts';

const WORKERS = fileURLToPath(new URL('./workers.mjs', import.meta.url));
const COLOURS = ['red', 'green', 'blue'] as const;

interface Found {
  right: number;
  wrong: string[];
  megabytes: number;
}

describe('the built http function in several threads, each with many requests at once', () => {
  let built: BuiltFunction;
  beforeAll(async () => {
    built = await buildOne('http');
  }, 120_000);
  afterAll(() => built.remove());

  /** Each of four threads is asked for sixteen pictures at once. */
  async function ask(environment: Record<string, string>): Promise<Found> {
    const settings = built.settings({ API_AUTH: 'public', AWS_LAMBDA_MAX_CONCURRENCY: '64', ...environment });
    const child = fork(WORKERS, {
      ...{ cwd: settings.folder, env: childEnvironment(settings, ''), execArgv: [] },
      // What is logged is no part of the test.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const wanted = Array.from({ length: 16 }, (_, i) => COLOURS[i % COLOURS.length] as (typeof COLOURS)[number]);
    const headers = { 'content-type': 'image/jpeg' };
    const events = wanted.map(async (colour) => {
      const body = await plainPicture(colour, 'jpeg', { width: 640, height: 480 });
      return toEvent({ method: 'POST', url: '/classify', headers, body, sourceIp: '127.0.0.1' });
    });
    child.send({ workers: 4, events: await Promise.all(events), wanted });
    const found: Found[] = [];
    child.on('message', (message) => found.push(message as Found));
    expect(await once(child, 'exit')).toEqual([0, null]);
    return found[0] as Found;
  }

  it('answers all of them rightly, and every thread ends by itself', { timeout: 120_000 }, async () => {
    const found = await ask({ ORT_DISABLE_TELEMETRY: '1' });
    expect(found.wrong).toEqual([]);
    expect(found.right).toBe(64);
    expect(found.megabytes).toBeLessThan(600);
  });

  it('says why it cannot answer where the engine would report to its maker', { timeout: 120_000 }, async () => {
    const { right, wrong } = await ask({ ORT_DISABLE_TELEMETRY: '' });
    expect(right).toBe(0);
    expect(wrong).toHaveLength(64);
    for (const answer of wrong) expect(answer).toContain('telemetry-on');
  });
});
