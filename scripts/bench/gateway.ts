import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { bundle, hostTarget } from '../bundle/index.ts';
import { startGateway } from '../dev/gateway.ts';
import { openStore } from '../store/store.ts';
import { type Bench, medians } from './bench.ts';
import { MOBILE_LABELS, mobileGraph } from './mobile-graph.ts';
import { photograph } from './photograph.ts';

const SIDE = 224;
const ROUNDS = 40;
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
  const model = mobileGraph();
  const store = openStore(join(work, 'store'));
  await store.save('mobile', {
    model,
    manifest: {
      formatVersion: 1,
      task: 'classification',
      input: {
        kind: 'picture',
        name: 'picture',
        height: SIDE,
        width: SIDE,
        channels: 3,
        colour: 'rgb',
        resize: 'cover',
        crop: 1,
        kernel: 'cubic',
        invert: false,
        datatype: 'UINT8',
      },
      output: { kind: 'classification', name: 'answer', labels: MOBILE_LABELS, activation: 'softmax' },
      precision: 'float32',
      metrics: {},
      provenance: { source: 'benchmark' },
    },
  });
  let started = performance.now();
  const built = await bundle({ ...hostTarget(), store, outDir: join(work, 'build') });
  const bundleSeconds = (performance.now() - started) / 1000;
  const units = Object.fromEntries(built.units.map(({ name, zipped, unzipped }) => [name, { zipped, unzipped }]));

  started = performance.now();
  const folders = { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') };
  const gateway = await startGateway({ buildDir: built.outDir, port: 0, folders, concurrency: 1 });
  const startSeconds = (performance.now() - started) / 1000;
  say(`bundled in ${bundleSeconds.toFixed(1)} s; gateway ready after ${startSeconds.toFixed(2)} s`);
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: THREADS,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const agent = new Agent({ keepAlive: true });
  try {
    const results: Record<string, unknown> = {
      bundleSeconds: round(bundleSeconds),
      startSeconds: round(startSeconds, 2),
      units,
    };
    const pictures = {
      // 4.1 MB: the largest that a binary body of 6 MB holds in base64 is 4.5.
      'jpeg 12 MP': await photograph(4000, 3000).jpeg({ quality: 94 }).toBuffer(),
      'png 320x240': await photograph(320, 240).png().toBuffer(),
    };
    for (const [name, bytes] of Object.entries(pictures)) {
      const figures = await medians(
        {
          gateway: () => post(`${gateway.url}/classify`, bytes, agent),
          direct: async () => {
            const pixels = await sharp(bytes).autoOrient().resize(SIDE, SIDE).raw().toBuffer();
            await session.run({ picture: new Tensor('uint8', pixels, [1, SIDE, SIDE, 3]) });
          },
        },
        ROUNDS,
      );
      const ratio = figures.gateway / figures.direct;
      say(
        `${name} (${bytes.length} bytes): gateway ${figures.gateway.toFixed(1)} ms, direct ${figures.direct.toFixed(1)} ms, ` +
          `ratio ${ratio.toFixed(3)} (at most 1.25)`,
      );
      results[name] = { gatewayMs: round(figures.gateway), directMs: round(figures.direct), ratio: round(ratio, 3) };
    }
    return results;
  } finally {
    agent.destroy();
    await session.release();
    await gateway.close();
  }
}

/** One request on a connection that stays open. @throws Error for any answer but 200. */
function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/jpeg', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the gateway answered with ${response.statusCode}`));
      });
    });
    sent.once('error', reject).end(body);
  });
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
