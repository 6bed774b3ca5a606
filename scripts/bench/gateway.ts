import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { type Connection, openConnection, startGateway } from '#local';
import { type Bench, median, samples } from './bench.ts';
import { bundleMobile } from './mobile-bundle.ts';
import { MOBILE_SIDE } from './mobile-graph.ts';
import { photograph } from './photograph.ts';

const ROUNDS = 12;
/**
 * Of one turn: clients that have several pictures send one after the other. The first of them find the processor's caches
 * full of what the other candidate left there.
 */
const IN_ROW = 24;
const WARM_UP = 2;
/**
 * Requests before anything is measured. V8 compiles what it has seen often, in the gateway as in the function: what the two
 * add to a PNG's 10 ms was 3.2 ms in the first 160 requests, 2.8 after 300 and 2.2 after 1,000.
 */
const UNTIL_WARM = 2_000;
/** As the stack's functions: 1,769 MB is one vCPU. */
const THREADS = 1;

export const gatewayBench: Bench = {
  name: 'gateway',
  summary:
    'A picture over HTTP through the local gateway and the built bundle, against sharp and onnxruntime called directly.',
  async run() {
    const work = await mkdtemp(join(tmpdir(), 'freezeframe-bench-'));
    try {
      return await measure(work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
};

async function measure(work: string): Promise<Record<string, unknown>> {
  let started = performance.now();
  const { model, built } = await bundleMobile(work);
  const bundleSeconds = (performance.now() - started) / 1000;
  const units = Object.fromEntries(built.units.map(({ name, zipped, unzipped }) => [name, { zipped, unzipped }]));

  started = performance.now();
  const folders = { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') };
  const gateway = await startGateway({ buildDir: built.outDir, port: 0, folders, concurrency: 1 });
  const startSeconds = (performance.now() - started) / 1000;
  say(`bundled in ${bundleSeconds.toFixed(1)} s; gateway ready after ${startSeconds.toFixed(2)} s`);
  // Set as the engine sets it: what is compared is what the gateway and the function add, not onnxruntime's options.
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: THREADS,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  // And as somebody has it who sets nothing: all cores, threads that spin.
  const plain = await InferenceSession.create(model);
  try {
    const results: Record<string, unknown> = {
      bundleSeconds: round(bundleSeconds),
      startSeconds: round(startSeconds, 2),
      units,
    };
    const pictures = {
      'png 320x240': await photograph(320, 240).png().toBuffer(),
      // 4.1 MB: the largest that a binary body of 6 MB holds in base64 is 4.5.
      'jpeg 12 MP': await photograph(4000, 3000).jpeg({ quality: 94 }).toBuffer(),
    };
    const first = openConnection(new URL(gateway.url).host, () => {});
    for (let request = 0; request < UNTIL_WARM; request++) await post(first, pictures['png 320x240']);
    first.close();
    for (const [name, bytes] of Object.entries(pictures)) {
      const direct = async (by: InferenceSession) => {
        const pixels = await sharp(bytes).autoOrient().resize(MOBILE_SIDE, MOBILE_SIDE).raw().toBuffer();
        await by.run({ picture: new Tensor('uint8', pixels, [1, MOBILE_SIDE, MOBILE_SIDE, 3]) });
      };
      // One for each picture: the gateway closes those on which nothing comes for five seconds.
      const connection = openConnection(new URL(gateway.url).host, () => {});
      const inTurn = { gateway: () => post(connection, bytes), direct: () => direct(session) };
      const times = await samples(inTurn, ROUNDS, WARM_UP, IN_ROW);
      connection.close();
      // Apart from the others: they would run beside its spinning threads.
      const plainMs = median((await samples({ plain: () => direct(plain) }, ROUNDS, WARM_UP, IN_ROW)).plain);
      const gatewayMs = median(times.gateway);
      const directMs = median(times.direct);
      // Of the quickest of each: what is left where other programs keep the cores busy, and the medians measure those.
      const quickest = Math.min(...times.gateway) / Math.min(...times.direct);
      say(
        `${name} (${bytes.length} bytes): gateway ${gatewayMs.toFixed(1)} ms, direct ${directMs.toFixed(1)} ms, ` +
          `ratio ${(gatewayMs / directMs).toFixed(3)} (at most 1.25), of the quickest runs ${quickest.toFixed(3)}; ` +
          `direct with onnxruntime's own defaults ${plainMs.toFixed(1)} ms, ratio ${(gatewayMs / plainMs).toFixed(3)}`,
      );
      results[name] = {
        gatewayMs: round(gatewayMs),
        directMs: round(directMs),
        ratio: round(gatewayMs / directMs, 3),
        quickestRatio: round(quickest, 3),
        plainMs: round(plainMs),
        plainRatio: round(gatewayMs / plainMs, 3),
      };
    }
    results.load = round(loadavg()[0] ?? 0, 2);
    return results;
  } finally {
    await session.release();
    await plain.release();
    await gateway.close();
  }
}

/** One request on a connection that stays open. @throws Error for any answer but 200. */
async function post(connection: Connection, body: Buffer): Promise<void> {
  const { status } = await connection.exchange('POST', '/classify', { 'content-type': 'image/jpeg' }, body);
  if (status !== 200) throw new Error(`the gateway answered with ${status}`);
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
