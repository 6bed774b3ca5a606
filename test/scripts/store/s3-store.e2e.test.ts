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
import { MINISTACK, startMiniStack } from '../../aws/ministack.ts';
import { S3Server } from '../../aws/s3-server.ts';
import { type StorePlace, storeContract } from './contract.ts';
import { expectLinear, moveAll, tagsContract } from './contract-tags.ts';
import { CREDENTIALS, makeBucket, s3Place } from './s3-places.ts';
import { sampleContent } from './sample.ts';

const here = dirname(fileURLToPath(import.meta.url));
const TAGGERS = 100;
/** Each is a process that starts and ends. */
const KILLS = process.env.LONG ? 50 : 20;
let scratch: string;
let pusher: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-s3-'));
  pusher = join(scratch, 'pusher.mjs');
  await build({
    entryPoints: [join(here, 'pusher.ts')],
    outfile: pusher,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: ['onnxruntime-node', 'sharp'],
  });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Sets where the SDK asks, until the tests of a group have ended. */
function useEndpoint(start: () => Promise<{ endpoint: string; close: () => Promise<void> }>): void {
  const before = { ...process.env };
  let close = async () => {};
  beforeAll(async () => {
    const started = await start();
    close = started.close;
    Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: started.endpoint });
    await makeBucket('models');
  });
  afterAll(async () => {
    for (const name of [...Object.keys(CREDENTIALS), 'AWS_ENDPOINT_URL']) delete process.env[name];
    Object.assign(process.env, before);
    await close();
  });
}

/** What takes long, for every kind of store. */
function underLoad(label: string, makePlace: () => Promise<StorePlace & { url: string }>): void {
  describe(`many at once: ${label}`, () => {
    it(`${TAGGERS} taggers of one tag make one line of moves, and none is lost`, async () => {
      const place = await makePlace();
      const store = place.open();
      for (const i of [1, 2, 3, 4, 5]) await store.save('gnomes', sampleContent(i));
      const began = performance.now();
      const moved = await moveAll(TAGGERS, (i, attempt) =>
        place.open().tag(`gnomes@${((i + attempt) % 5) + 1}`, 'staging'),
      );
      const history = await store.history('gnomes');
      expect(history).toHaveLength(TAGGERS);
      expect(history.map(({ id }) => id).sort()).toEqual(moved.map(({ id }) => id).sort());
      expectLinear(history, { staging: null });
      expect((await store.find('gnomes@staging')).version).toBe(history.at(-1)?.to);
      console.info(`${label}: ${history.length} moves, ${Math.round(performance.now() - began)} ms`);
    }, 300_000);

    it(`${TAGGERS} taggers of tags of their own all win`, async () => {
      const place = await makePlace();
      const store = place.open();
      for (const i of [1, 2]) await store.save('gnomes', sampleContent(i));
      const began = performance.now();
      await Promise.all(Array.from({ length: TAGGERS }, (_, i) => place.open().tag('gnomes@2', `tag-${i}`)));
      expect((await store.find('gnomes@2')).tags).toHaveLength(TAGGERS + 1);
      expect(await store.history('gnomes')).toHaveLength(TAGGERS);
      console.info(`${label}: ${TAGGERS} tags, ${Math.round(performance.now() - began)} ms`);
    }, 300_000);

    it(`is whole after each of ${KILLS} pushes that were killed`, async () => {
      const place = await makePlace();
      const store = place.open();
      await store.save('gnomes', sampleContent('first'));
      const whole = await push(place.url, 'whole');
      expect(whole.said).toMatch(/^began\nsaved 2$/m);
      const given = new Map<string, string>((await store.list()).models.map((one) => [one.version, one.digest]));
      let killed = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const { said, signal } = await push(place.url, String(kill), Math.random() * whole.ms);
        if (signal) killed++;
        const { models, damaged } = await place.open().list();
        expect(damaged).toEqual([]);
        for (const { version, digest } of models) {
          expect(given.get(version) ?? digest, `number ${version} given twice`).toBe(digest);
          if (!given.has(version)) await place.open().verify(`gnomes@${version}`);
          given.set(version, digest);
        }
        const [, saved] = /^saved (\d+)$/m.exec(said) ?? [];
        if (saved) expect([...given.keys()]).toContain(saved);
      }
      expect(killed).toBeGreaterThan(KILLS / 2);
      expect((await store.find('gnomes')).version).toBe('1');
      const next = await place.open().save('gnomes', sampleContent('next'));
      expect(given.has(next.version)).toBe(false);
      console.info(`${label}: ${killed} killed of ${KILLS}, ${given.size} versions`);
    }, 300_000);
  });
}

/** Runs a process that pushes one model, and kills it so long after it has begun. */
async function push(
  url: string,
  seed: string,
  after?: number,
): Promise<{ said: string; ms: number; signal: string | null }> {
  const child = spawn(process.execPath, [pusher, url, seed], { stdio: ['ignore', 'pipe', 'inherit'], cwd: scratch });
  const all = text(child.stdout);
  await once(child.stdout, 'data');
  const began = performance.now();
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  return { said: await all, ms: performance.now() - began, signal };
}

underLoad('folder', async () => {
  const url = await mkdtemp(join(scratch, 'store-'));
  return { url, open: () => new FolderStore(url), damage: async () => {} };
});

/** MiniStack where there is one, else the one in memory. */
async function startS3() {
  if (MINISTACK) return startMiniStack({ enforced: false });
  const server = new S3Server();
  return { endpoint: await server.listen(), close: () => server.close() };
}

describe(MINISTACK ? 'MiniStack' : 'S3 in memory', () => {
  useEndpoint(startS3);
  underLoad('S3', () => s3Place('models', scratch));
  describe.skipIf(!MINISTACK)('what every store does (skipped without: set MINISTACK to PyPI’s ministack)', () => {
    storeContract('S3 (MiniStack)', () => s3Place('models', scratch));
    tagsContract('S3 (MiniStack)', () => s3Place('models', scratch));
  });
});
