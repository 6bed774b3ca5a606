import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { builtFunction, childEnvironment, toEvent } from '#local';
import { type Bench, inTemporaryFolder, median, round, samples, say } from './bench.ts';
import { bundleMobile, MOBILE_SIDE } from './setups/mobile-net.ts';
import { photograph } from './setups/photograph.ts';

const CHILD = fileURLToPath(new URL('./setups/handler-child.mjs', import.meta.url));
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
  const settings = builtFunction(built.outDir, 'http', { API_AUTH: 'public' });
  const env = childEnvironment(settings, '');
  const child = fork(CHILD, { cwd: settings.folder, env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // Set as the engine sets it: what is compared is what the function adds, not onnxruntime's options.
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: THREADS,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  try {
    await answerOf(child);
    const pictures = {
      'png 320x240': await photograph(320, 240).png().toBuffer(),
      'jpeg 1280x960': await photograph(1280, 960).jpeg({ quality: 90 }).toBuffer(),
      // 4.1 MB: the largest that a binary body of 6 MB holds in base64 is 4.5.
      'jpeg 12 MP': await photograph(4000, 3000).jpeg({ quality: 94 }).toBuffer(),
    };
    const call = async () => {
      child.send({});
      await answerOf(child);
    };
    child.send({ event: eventOf(pictures['png 320x240']) });
    for (let request = 0; request < UNTIL_WARM; request++) await call();
    const results: Record<string, unknown> = { units };
    for (const [name, bytes] of Object.entries(pictures)) {
      child.send({ event: eventOf(bytes) });
      const direct = async () => {
        const pixels = await sharp(bytes).autoOrient().resize(MOBILE_SIDE, MOBILE_SIDE).raw().toBuffer();
        await session.run({ picture: new Tensor('uint8', pixels, [1, MOBILE_SIDE, MOBILE_SIDE, 3]) });
      };
      const times = await samples({ handler: call, direct }, ROUNDS, WARM_UP, IN_ROW);
      results[name] = compare(`${name} (${bytes.length} bytes)`, times);
    }
    return { ...results, load: round(loadavg()[0] ?? 0, 2) };
  } finally {
    child.kill();
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

/** @throws Error where the handler answers anything but 200, or its process has ended. */
async function answerOf(child: ChildProcess): Promise<void> {
  const ended = new AbortController();
  const stop = () => ended.abort();
  child.once('exit', stop);
  const [answer] = (await once(child, 'message', { signal: ended.signal })) as [{ ok: boolean; why?: string }];
  child.off('exit', stop);
  if (!answer.ok) throw new Error(`the handler answered ${answer.why}`);
}

function eventOf(body: Buffer): object {
  const headers = { 'content-type': 'image/jpeg' };
  return toEvent({ method: 'POST', url: '/classify', headers, body, sourceIp: '127.0.0.1' });
}
