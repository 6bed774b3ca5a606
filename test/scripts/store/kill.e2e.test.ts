import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../scripts/store/folder-store.ts';

const KILLS = 20;
/** A step (save, tag, remove) takes about 5 ms: a kill within this falls into any part of the next one or two. */
const LAST_MS = 15;

let scratch: string;
let saver: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-kill-'));
  saver = join(scratch, 'saver.mjs');
  // Bundled, it starts in a tenth of the time that the TypeScript loader takes.
  await build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'saver.ts')],
    outfile: saver,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node', 'sharp'],
  });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Report {
  saved: Map<string, string>;
  removing: Set<string>;
  tagged: string[];
  said: number;
}

/** Starts a saver and answers once it is at work. */
async function start(root: string, label: string, count: number) {
  const child = spawn(process.execPath, [saver, root, label, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const report: Report = { saved: new Map(), removing: new Set(), tagged: [], said: 0 };
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  lines.on('line', (line) => {
    const [what, version = '', digest = ''] = line.split(' ');
    report.said++;
    if (what === 'saved') report.saved.set(version, digest);
    if (what === 'removing') report.removing.add(version);
    if (what === 'tagged') report.tagged.push(version);
  });
  // Read to the end, not only to the exit: what a killed process said last is still in the pipe.
  const ended = Promise.all([once(lines, 'close'), once(child, 'exit')]);
  await Promise.race([ready, ended]);
  /** Waits until the saver has said so many things more, whatever the disk's speed. */
  const hear = async (more: number) => {
    const target = report.said + more;
    while (report.said < target && child.exitCode === null) await Promise.race([once(lines, 'line'), ended]);
  };
  return { child: child as ChildProcess, report, ended, hear };
}

describe('a store under kill -9', () => {
  it(`stays readable over ${KILLS} kills, keeps every version that was answered, and reuses no number`, async () => {
    const root = await mkdtemp(join(scratch, 'store-'));
    const store = new FolderStore(root);
    const given = new Map<string, string>();
    const removing = new Set<string>();
    const remember = (version: string, digest: string) => {
      expect(given.get(version) ?? digest, `number ${version} given twice`).toBe(digest);
      given.set(version, digest);
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, report, ended, hear } = await start(root, String(kill), 0);
      await hear(kill % 7);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LAST_MS));
      expect(child.exitCode, 'it was still at work').toBeNull();
      child.kill('SIGKILL');
      await ended;

      const { models, damaged } = await store.list();
      expect(damaged).toEqual([]);
      for (const { version, digest } of models) remember(version, digest);
      for (const [version, digest] of report.saved) remember(version, digest);
      for (const version of report.removing) removing.add(version);
      const listed = new Set(models.map(({ version }) => version));
      const lost = [...report.saved.keys()].filter((version) => !listed.has(version) && !removing.has(version));
      expect(lost).toEqual([]);
      for (const { name, version } of models.slice(-3)) await store.verify(`${name}@${version}`);
      const [lastTagged] = report.tagged.slice(-1);
      if (lastTagged !== undefined && !removing.has(lastTagged)) {
        expect(Number((await store.resolve('gnomes@staging')).version)).toBeGreaterThanOrEqual(Number(lastTagged));
      }
    }
    expect(given.size).toBeGreaterThan(KILLS);
    expect((await store.resolve('gnomes')).version).toBe('1');
    for (const { name, version } of (await store.list()).models) await store.verify(`${name}@${version}`);
    console.info(`${KILLS} kills, ${given.size} versions, ${(await readdir(join(root, 'temporary'))).length} cut off`);
  });

  it('gives several processes that save at once different numbers, and the same content one version', async () => {
    const root = await mkdtemp(join(scratch, 'store-'));
    const each = 10;
    const savers = await Promise.all(['a', 'b', 'c'].map((label) => start(root, label, each)));
    await Promise.all(savers.map(({ ended }) => ended));
    expect(savers.map(({ child }) => child.exitCode)).toEqual([0, 0, 0]);
    const saved = savers.flatMap(({ report }) => [...report.saved]);
    expect(saved).toHaveLength(3 * each);
    const { models, damaged } = await new FolderStore(root).list();
    expect(damaged).toEqual([]);
    const listed = new Map(models.map(({ version, digest }) => [version, digest]));
    for (const [version, digest] of saved) expect(listed.get(version)).toBe(digest);
    // Thirty of their own, and ten that all three have saved.
    expect([...listed.keys()]).toEqual(Array.from({ length: 4 * each }, (_, i) => String(i + 1)));
    expect(await readdir(join(root, 'temporary'))).toEqual([]);
  });
});
