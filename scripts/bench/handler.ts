import { loadavg } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { type Bench, inTemporaryFolder, median, round, samples, say } from './bench.ts';
import { openHandler } from './setups/built-handler.ts';
import { bundleMobile, MOBILE_SIDE } from './setups/mobile-net.ts';
import { photograph } from './setups/photograph.ts';

const ROUNDS = 12;
/** Of one turn: the first finds the processor's caches full of what the other candidate left there. */
const IN_ROW = 24;
const WARM_UP = 2;
/** Requests before anything is measured: V8 compiles what it has seen often. */
const UNTIL_WARM = 1_000;
/** As the stack's functions: 1,769 MB is one vCPU. */
const THREADS = 1;

export const handlerBench: Bench = {
  name: 'handler',
  summary: 'A picture through the handler of the built http function, against sharp and onnxruntime called directly.',
  run: () => inTemporaryFolder(measure),
};

async function measure(work: string): Promise<Record<string, unknown>> {
  const { model, built } = await bundleMobile(work);
  const units = Object.fromEntries(built.units.map(({ name, zipped, unzipped }) => [name, { zipped, unzipped }]));
  const handler = await openHandler(built.outDir);
  // Set as the engine sets it: what is compared is what the function adds, not onnxruntime's options.
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: THREADS,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  try {
    const pictures = {
      'png 320x240': await photograph(320, 240).png().toBuffer(),
      'jpeg 1280x960': await photograph(1280, 960).jpeg({ quality: 90 }).toBuffer(),
      // 4.1 MB: the largest that a binary body of 6 MB holds in base64 is 4.5.
      'jpeg 12 MP': await photograph(4000, 3000).jpeg({ quality: 94 }).toBuffer(),
    };
    for (const [name, body] of Object.entries(pictures)) handler.keep(name, { url: '/classify', body });
    for (let request = 0; request < UNTIL_WARM; request++) await handler.call('png 320x240');
    const results: Record<string, unknown> = { units };
    for (const [name, bytes] of Object.entries(pictures)) {
      const direct = async () => {
        const pixels = await sharp(bytes).autoOrient().resize(MOBILE_SIDE, MOBILE_SIDE).raw().toBuffer();
        await session.run({ picture: new Tensor('uint8', pixels, [1, MOBILE_SIDE, MOBILE_SIDE, 3]) });
      };
      const times = await samples({ handler: () => handler.call(name), direct }, ROUNDS, WARM_UP, IN_ROW);
      results[name] = compare(`${name} (${bytes.length} bytes)`, times);
    }
    return { ...results, load: round(loadavg()[0] ?? 0, 2) };
  } finally {
    handler.close();
    await session.release();
  }
}

function compare(name: string, times: Record<'handler' | 'direct', number[]>): Record<string, number> {
  const [handlerMs, directMs] = [median(times.handler), median(times.direct)];
  // Of the quickest of each: what is left where other programs keep the cores busy, and the medians measure those.
  const quickest = Math.min(...times.handler) / Math.min(...times.direct);
  say(
    `${name}: handler ${handlerMs.toFixed(1)} ms, direct ${directMs.toFixed(1)} ms, ` +
      `ratio ${(handlerMs / directMs).toFixed(3)} (at most 1.25), of the quickest runs ${quickest.toFixed(3)}`,
  );
  return {
    handlerMs: round(handlerMs),
    directMs: round(directMs),
    ratio: round(handlerMs / directMs, 3),
    quickestRatio: round(quickest, 3),
  };
}
