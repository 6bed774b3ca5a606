import { setTimeout as sleep } from 'node:timers/promises';
import { builtFunction, Environment, type FunctionSettings, toEvent } from '#local';
import { type Bench, inTemporaryFolder, median, say } from './bench.ts';
import { bundleMobile } from './setups/mobile-net.ts';
import { photograph } from './setups/photograph.ts';

const ROUNDS = 7;
const PAUSE_MS = 200;

export const coldBench: Bench = {
  name: 'cold',
  summary:
    'A cold start of the built http function: spawn, ready for the first event, first answer (MobileNetV1 1.0/224).',
  run: () => inTemporaryFolder(measure),
};

async function measure(work: string): Promise<Record<string, unknown>> {
  const { built } = await bundleMobile(work);
  const settings = builtFunction(built.outDir, 'http', { API_AUTH: 'public' });
  const picture = await photograph(320, 240).png().toBuffer();
  const ready: number[] = [];
  const answered: number[] = [];
  // The first start reads 80 MB from the disk; the others find them in memory, and are what is counted.
  for (let round = -1; round < ROUNDS; round++) {
    const times = await start(settings, picture);
    await sleep(PAUSE_MS);
    if (round < 0) continue;
    ready.push(times.ready);
    answered.push(times.answered);
  }
  const readyMs = Math.round(median(ready));
  const firstAnswerMs = Math.round(median(answered));
  say(`ready ${readyMs} ms after spawn, first answer after ${firstAnswerMs} ms (median of ${ROUNDS})`);
  return { rounds: ROUNDS, readyMs, firstAnswerMs, fastestMs: Math.round(Math.min(...answered)) };
}

/** Milliseconds since spawn. @throws Error for any answer but a 200. */
async function start(settings: FunctionSettings, picture: Buffer): Promise<{ ready: number; answered: number }> {
  const headers = { 'content-type': 'image/png', 'content-length': String(picture.length) };
  const spawned = performance.now();
  const environment = await Environment.start(settings, () => {});
  try {
    await environment.ready;
    const ready = performance.now() - spawned;
    const outcome = await environment.invoke({
      requestId: 'cold',
      payload: JSON.stringify(
        toEvent({ method: 'POST', url: '/classify', headers, body: picture, sourceIp: '127.0.0.1' }),
      ),
      deadline: Date.now() + 30_000,
      functionArn: '',
      traceId: '',
    });
    const answered = performance.now() - spawned;
    const text = outcome.kind === 'response' ? outcome.body.toString() : '';
    if (!text.includes('"statusCode":200')) throw new Error(`the function answered ${outcome.kind} ${text}`);
    return { ready, answered };
  } finally {
    await environment.end();
  }
}
