import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalGateway, startLocalGateway } from '../../../scripts/local/gateway.ts';
import type { RequestReport } from '../../../scripts/local/http/front.ts';
import { alive, makeFakeBuild } from './fake-build.ts';

/** An http function that answers with what it is, a moment later where it is asked for that. */
const version = (name: string) => `
export async function handler({ rawPath }) {
  if (rawPath === '/slow') await new Promise((done) => setTimeout(done, 3000));
  return { pid: process.pid, model: { name: 'tiny', version: '${name}' } };
}`;

describe('a gateway that takes up what is bundled', () => {
  let work: string;
  let gateway: LocalGateway;
  let lines: string[];
  let requests: RequestReport[];

  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-reload-'));
    [lines, requests] = [[], []];
    await makeFakeBuild(join(work, 'build'), version('1'));
    gateway = await startLocalGateway({
      buildDir: join(work, 'build'),
      port: 0,
      folders: { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') },
      concurrency: 2,
      timeout: 10_000,
      reload: true,
      log: (line) => lines.push(line),
      onRequest: (report) => requests.push(report),
    });
  });
  afterEach(async () => {
    await gateway.close();
    await rm(work, { recursive: true });
  });

  /** As the bundle does it: files are replaced, never written into. */
  async function bundle(code: string): Promise<void> {
    const staged = join(work, 'staged.mjs');
    await writeFile(staged, code);
    await rename(staged, join(work, 'build', 'functions', 'http', 'index.mjs'));
    await writeFile(join(work, 'build', '.records.json'), JSON.stringify(code));
  }
  const ask = async (path = '/') =>
    (await (await fetch(gateway.url + path)).json()) as { pid: number; model: { version: string } };
  const answering = async () => (await ask()).model.version;

  it('answers what is under way by the old, what comes next by the new, and ends the old', async () => {
    const slow = ask('/slow');
    const { pid } = await ask();
    await bundle(version('2'));
    await expect.poll(answering).toBe('2');
    const late = await slow;
    expect(late.model.version).toBe('1');
    await expect.poll(() => alive(late.pid) || alive(pid)).toBe(false);
    await expect
      .poll(async () => (await readdir(join(work, 'build'))).filter((name) => name.startsWith('.running')))
      .toHaveLength(1);
    expect(lines).toContain('The new bundle answers from now on');
  });

  it('goes on with the old where the new one does not start, and takes up the one after', async () => {
    await bundle('throw new Error("broken")');
    await expect
      .poll(() => lines.join('\n'))
      .toMatch(/The new bundle cannot be used, the one before goes on: .*broken/);
    expect(await answering()).toBe('1');
    await bundle(version('3'));
    await expect.poll(answering).toBe('3');
  });

  it('does not look at a bundle that is being put in place', async () => {
    await writeFile(join(work, 'build', '.unfinished'), '');
    await bundle(version('2'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await answering()).toBe('1');
    await rm(join(work, 'build', '.unfinished'));
    await expect.poll(answering).toBe('2');
  });

  it('tells each request: method, path without its query, status, time and model', async () => {
    await ask('/a?secret=1');
    await fetch(`${gateway.url}/docs`);
    expect(requests).toEqual([
      { method: 'GET', path: '/a', status: 200, milliseconds: expect.any(Number), model: 'tiny@1' },
      { method: 'GET', path: '/docs', status: 404, milliseconds: expect.any(Number) },
    ]);
  });
});
