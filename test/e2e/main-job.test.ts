import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../scripts/freezeframe.js', import.meta.url));
/** Fifty seconds on two idle cores; other tests share them, and machines differ. */
const PATIENCE = 900_000;

interface StartedLine {
  url: string;
  model: string;
  metrics?: { accuracy: number };
  tried: { file: string; result: Result }[];
  upload: unknown;
  uploads: string;
  curl: string;
  bundle: { rebuilt: string[] };
}

interface Running {
  readonly child: ChildProcess;
  readonly line: StartedLine;
  readonly seconds: number;
}

let folder = '';

/** `freezeframe start` in an empty folder, as on a fresh machine, until it says where it listens. */
function start(): Promise<Running> {
  const began = performance.now();
  const child = spawn(process.execPath, [COMMAND, 'start', '--port', '0', '--json'], {
    cwd: folder,
    env: { ...process.env, FREEZEFRAME_STORE: join(folder, '.freezeframe') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk;
  });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      const end = said.indexOf('\n');
      if (end < 0) return;
      const seconds = (performance.now() - began) / 1000;
      resolve({ child, line: JSON.parse(said.slice(0, end)) as StartedLine, seconds });
    });
    child.once('close', (code) => reject(new Error(`start ended with ${code}: ${said}${complained.slice(-2000)}`)));
  });
}

async function end({ child }: Running): Promise<number | null> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return closed;
}

/** The label that a sample's file name begins with. */
function named(file: string, labels: readonly string[]): string | undefined {
  const base = file.split(/[\\/]/).at(-1) ?? '';
  return labels.toSorted((a, b) => b.length - a.length).find((label) => base.startsWith(label));
}

describe('the main job: drawn pictures in, an answered request and an answered upload out', () => {
  let first: Running;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-main-job-'));
    first = await start();
    console.log(`first start: ${first.seconds.toFixed(1)} s, metrics ${JSON.stringify(first.line.metrics)}`);
  }, PATIENCE);

  afterAll(async () => {
    first?.child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('trains a model that tells gnomes from what looks like them', () => {
    // The data are balanced: guessing gives one half. The figure itself is printed, not asserted.
    expect(first.line.metrics?.accuracy).toBeGreaterThan(0.8);
  });

  it('answers both sample pictures with their own label', () => {
    expect(first.line.tried).toHaveLength(2);
    for (const { file, result } of first.line.tried) {
      if (!('predictions' in result)) throw new Error('a classification was expected');
      const labels = result.predictions.map(({ label }) => label);
      expect(result.predictions[0]?.label, file).toBe(named(file, labels));
    }
  });

  it('answers the address that it prints', async () => {
    const { url, curl } = first.line;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(url)).text()).toContain('<!doctype html>');
    const [, file = ''] = /--data-binary "@([^"]+)"/.exec(curl) ?? [];
    const answer = await fetch(`${url}/classify`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: await readFile(file),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ model: { name: 'gnomes', version: '1' } });
  });

  it('refuses what is no picture, and lives on', async () => {
    const { url } = first.line;
    const answer = await fetch(`${url}/classify`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: 'no picture',
    });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('answers a file that lands in the watched folder', async () => {
    const { uploads, tried } = first.line;
    await writeFile(join(uploads, 'dropped here.jpg'), await readFile(tried[0]?.file as string));
    const results = join(uploads, '..', 'results');
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline && !(await readdir(results)).includes('dropped here.jpg.json')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(JSON.parse(await readFile(join(results, 'dropped here.jpg.json'), 'utf8'))).toMatchObject({
      model: { name: 'gnomes' },
    });
  });

  it(
    'makes nothing again when nothing has changed',
    async () => {
      await end(first);
      const again = await start();
      console.log(`second start: ${again.seconds.toFixed(1)} s`);
      try {
        expect(again.line.model).toBe(first.line.model);
        expect(again.line.metrics).toBeUndefined();
        expect(again.line.bundle.rebuilt).toEqual([]);
        expect(again.line.tried).toMatchObject(first.line.tried.map(({ result }) => ({ result })));
      } finally {
        await end(again);
      }
    },
    PATIENCE,
  );
});
