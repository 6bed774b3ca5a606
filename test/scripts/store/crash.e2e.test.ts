import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../scripts/store/folder-store.ts';
import { sampleContent } from './sample.ts';

const here = dirname(fileURLToPath(import.meta.url));
let scratch: string;
let changer: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-crash-'));
  changer = join(scratch, 'changer.mjs');
  await build({
    entryPoints: [join(here, 'changer.ts')],
    outfile: changer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node', 'sharp'],
    plugins: [
      {
        name: 'dying-fs',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
            /\bscripts\/(store\/|system\/atomic-files)/.test(importer)
              ? { path: join(here, 'dying-fs.ts') }
              : undefined,
          ),
      },
    ],
  });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Lets a process save, tag and remove until its `dieAt`-th change on disk kills it. Answers what it said. */
async function crash(root: string, dieAt: number): Promise<string[]> {
  const child = spawn(process.execPath, [changer, root], {
    env: { ...process.env, DIE_AT: String(dieAt) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code === 0 || signal === 'SIGKILL', `ended by itself with ${code}`).toBe(true);
  return said.trim().split('\n');
}

/** What must hold of a store of versions 1 and 2 after a process died over saving 3, giving it production, removing 1. */
async function check(root: string, said: readonly string[]): Promise<void> {
  const store = new FolderStore(root);
  const { models, damaged } = await store.list();
  expect(damaged).toEqual([]);
  for (const { name, version } of models) await store.verify(`${name}@${version}`);
  const versions = models.map(({ version }) => version);
  expect(versions).toContain('2');
  if (!said.includes('removing')) expect(versions).toContain('1');
  if (said.includes('saved 3')) expect(versions).toContain('3');
  if (said.includes('removed')) expect(versions).not.toContain('1');
  const production = (await store.resolve('gnomes')).version;
  expect(production).toEqual(said.includes('tagged') ? '3' : expect.stringMatching(/^[13]$/));
  // The next one goes on as if nothing had been: what was cut off can be saved, and only once.
  const again = await store.save('gnomes', sampleContent('new'));
  const next = await store.save('gnomes', sampleContent('next'));
  expect([again.version, next.version]).toEqual(['3', '4']);
  expect((await store.resolve('gnomes')).version).toBe(production);
  expect((await store.list()).damaged).toEqual([]);
}

describe('a store whose writer dies', () => {
  it('is whole after a death in each single change that a save, a tag and a removal make on disk', async () => {
    const deaths: string[] = [];
    let finished = false;
    const work = async (first: number) => {
      // Two at a time, odd and even.
      for (let dieAt = first; !finished && dieAt < 200; dieAt += 2) {
        const root = await mkdtemp(join(scratch, 'store-'));
        for (const seed of ['one', 'two']) await new FolderStore(root).save('gnomes', sampleContent(seed));
        const said = await crash(root, dieAt);
        await check(root, said).catch((cause) => {
          throw new Error(`after death ${dieAt}, having said: ${said.join(', ')}`, { cause });
        });
        const death = said.find((line) => line.startsWith('dying'));
        if (death === undefined) finished = true;
        else deaths.push(death);
      }
    };
    await Promise.all([work(1), work(2)]);
    expect(finished).toBe(true);
    expect(new Set(deaths)).toEqual(
      new Set(['mkdir', 'open', 'write', 'sync', 'rename', 'rm'].map((n) => `dying ${n}`)),
    );
    expect(deaths.length).toBeGreaterThan(30);
    console.info(`${deaths.length} deaths`);
  });
});
