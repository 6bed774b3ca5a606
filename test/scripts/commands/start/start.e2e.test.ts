import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, hostTarget } from '../../../../scripts/bundle/index.ts';
import { besideSample, describeStarted } from '../../../../scripts/commands/start/describe.ts';
import { start } from '../../../../scripts/commands/start/start.ts';
import { openStore } from '../../../../scripts/store/places.ts';
import { saveTinyModel } from '../../tiny-model.ts';

const run = promisify(execFile);

describe('start', () => {
  let work: string;
  const before = process.env.FREEZEFRAME_STORE;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-start-'));
    process.env.FREEZEFRAME_STORE = join(work, 'a store');
    await saveTinyModel(openStore(), 'tiny');
  });
  afterAll(async () => {
    if (before === undefined) delete process.env.FREEZEFRAME_STORE;
    else process.env.FREEZEFRAME_STORE = before;
    await rm(work, { recursive: true });
  });

  const once = (host = '127.0.0.1', log: (line: string) => unknown = () => undefined) =>
    start({
      host,
      log,
      store: openStore(),
      storeRoot: join(work, 'a store'),
      port: 0,
      buildDir: join(work, 'build'),
      model: async () => ({ model: 'tiny@1' }),
    });

  it('answers two pictures over HTTP and one as an upload from the built bundle; the second time builds nothing', async () => {
    const first = await once();
    try {
      expect(first.tried).toHaveLength(2);
      for (const { result } of first.tried) {
        expect(result).toMatchObject({ model: { name: 'tiny', version: '1' }, predictions: [{}, {}] });
      }
      expect(first.upload).toMatchObject({ key: 'garden-gnome.jpg', result: { model: { name: 'tiny' } } });
      const page = await fetch(`${first.gateway.url}/`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
      expect((await fetch(`${first.gateway.url}/health`)).status).toBe(200);
      expect(describeStarted(first)).toContain(first.curl);
      // A path with a blank, as it is pasted.
      const shell = await run('sh', ['-c', `${first.curl} --silent --show-error`]).catch((error: Error) => error);
      if (shell instanceof Error) expect(shell.message).toMatch(/curl: not found|ENOENT/);
      else expect(JSON.parse(shell.stdout)).toEqual(first.tried[0]?.result);
    } finally {
      await first.gateway.close();
    }
    const stored = JSON.parse(await readFile(join(work, 'a store/results/garden-gnome.jpg.json'), 'utf8'));
    expect(stored).toEqual((first.upload as { result: unknown }).result);

    const second = await once();
    await second.gateway.close();
    expect(second.bundle.rebuilt).toEqual([]);
  });

  it('leaves a bundle that a deployment makes again of what is in production by then', async () => {
    const chosen = async () => JSON.parse(await readFile(join(work, 'build/bundle.json'), 'utf8')).chosen;
    await (await once()).gateway.close();
    expect(await chosen()).toEqual(['tiny']);
    await saveTinyModel(openStore(), 'tiny', 10);
    await saveTinyModel(openStore(), 'other');
    await openStore().tag('tiny@2', 'production');
    // What was tried is not in production now.
    await (await once()).gateway.close();
    expect(await chosen()).toEqual(['tiny@1', 'other']);
  });

  it('takes up what is bundled in another terminal', async () => {
    const lines: string[] = [];
    const started = await once('127.0.0.1', (line) => lines.push(line));
    try {
      expect(describeStarted(started)).toContain('What is bundled from now on is taken up.');
      await bundle({ ...hostTarget(), store: openStore(), models: ['tiny@2'], outDir: join(work, 'build') });
      const answering = async () => {
        const { models } = (await (await fetch(`${started.gateway.url}/models`)).json()) as {
          models: { version: string }[];
        };
        return models.map(({ version }) => version);
      };
      await expect.poll(answering, { timeout: 20_000 }).toEqual(['2']);
      expect(lines).toContain('The new bundle answers from now on: tiny@2');
    } finally {
      await started.gateway.close();
    }
  });

  it('says how to serve what was brought, where it would train a sample', async () => {
    expect((await besideSample(openStore())).join('\n')).toContain('freezeframe bundle --model');
    const empty = openStore(join(work, 'empty'));
    expect(await besideSample(empty)).toEqual([]);
    await saveTinyModel(empty, 'gnomes');
    expect(await besideSample(empty)).toEqual([]);
  });

  it('asks for a key where others reach it, and is tried all the same', async () => {
    const open = await once('0.0.0.0');
    try {
      expect(open.tried).toHaveLength(2);
      expect((await fetch(`${open.gateway.url}/models`)).status).toBe(401);
      expect((await fetch(`${open.gateway.url}/classify`, { method: 'POST', body: 'x' })).status).toBe(401);
      expect(describeStarted(open)).toContain('freezeframe keys create');
    } finally {
      await open.gateway.close();
    }
  });
});
