import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, hostTarget } from '../bundle/index.ts';
import { type Gateway, startGateway } from '../dev/gateway.ts';
import { type Connection, openConnection } from '../dev/runtime-connection.mjs';
import { GraphBuilder } from '../freeze/graph.ts';
import { openStore } from '../store/store.ts';
import type { Bench } from './bench.ts';
import { photograph } from './photograph.ts';

const REQUESTS = 10_000;
/** Until caches are full, code is compiled and V8 has given the young part of its heap its size: once, after some 10,000. */
const WARM_UP = 12_000;
/** How often memory is looked at on the way. */
const PARTS = 10;
const SIDE = 32;

/** `npm run bench -- load [requests]` */
export const loadBench: Bench = {
  name: 'load',
  summary: 'Pictures over loopback as fast as the gateway answers: requests a second, errors, memory on the way.',
  async run([requests = String(REQUESTS)]) {
    const work = await mkdtemp(join(tmpdir(), 'freezeframe-bench-'));
    try {
      return await measure(work, Number(requests));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
};

async function measure(work: string, requests: number): Promise<Record<string, unknown>> {
  const store = openStore(join(work, 'store'));
  await store.save('means', smallModel());
  const buildDir = join(work, 'build');
  await bundle({ ...hostTarget(), store, outDir: buildDir });
  const folders = { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') };
  const gateway = await startGateway({ buildDir, port: 0, folders });
  try {
    const picture = await photograph(320, 240).jpeg().toBuffer();
    await ask(gateway, picture, WARM_UP);
    const series = [await memory(gateway)];
    const statuses = new Map<number, number>();
    const started = performance.now();
    for (let part = 1; part <= PARTS; part++) {
      const count = Math.round((requests * part) / PARTS) - Math.round((requests * (part - 1)) / PARTS);
      for (const [status, times] of await ask(gateway, picture, count)) {
        statuses.set(status, (statuses.get(status) ?? 0) + times);
      }
      series.push(await memory(gateway));
    }
    const perSecond = (1000 * requests) / (performance.now() - started);
    const errors = requests - (statuses.get(200) ?? 0);
    const functionsMb = series.map((one) => one.functions);
    const gatewayMb = series.map((one) => one.gateway);
    process.stderr.write(
      `  ${requests} requests: ${perSecond.toFixed(0)} a second, ${errors} errors\n` +
        `  RSS on the way, MB: of the functions ${functionsMb.join(' ')}; of the gateway ${gatewayMb.join(' ')}\n`,
    );
    return {
      requests,
      perSecond: Math.round(perSecond),
      errors,
      statuses: Object.fromEntries(statuses),
      functionsMb,
      gatewayMb,
    };
  } finally {
    await gateway.close();
  }
}

/** Every connection sends its next request when it has its answer. @returns how often each status came; 0 is none at all. */
async function ask(gateway: Gateway, picture: Buffer, requests: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let next = 0;
  const sender = async () => {
    const connection: Connection = openConnection(new URL(gateway.url).host, () => {});
    while (next++ < requests) {
      const status = await connection
        .exchange('POST', '/classify', { 'content-type': 'image/jpeg' }, picture)
        .then((answer) => answer.status)
        .catch(() => 0);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, sender));
  return statuses;
}

interface Memory {
  /** MB; undefined where the system does not tell. */
  readonly functions: number | undefined;
  readonly gateway: number;
}

async function memory(gateway: Gateway): Promise<Memory> {
  const files = gateway.pids().map((pid) => readFile(`/proc/${pid}/status`, 'utf8'));
  const texts = await Promise.all(files).catch(() => undefined);
  const functions = texts?.reduce((sum, text) => sum + Number(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1]) / 1024, 0);
  return {
    functions: functions === undefined ? undefined : Math.round(functions),
    gateway: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}

/** Answers at once, so that what is loaded is everything around it. */
function smallModel() {
  const graph = new GraphBuilder();
  const pixels = graph.op('Cast', [graph.input('pixels', 'uint8', [null, SIDE, SIDE, 3])], { to: 1 });
  const means = graph.op('ReduceMean', [pixels, graph.ints([1, 2])], { keepdims: 0 });
  graph.node('Softmax', [graph.op('Div', [means, graph.float(64)])], ['answer'], { axis: 1 });
  graph.output('answer', 'float32', [null, 3]);
  const frame = { height: SIDE, width: SIDE, channels: 3, colour: 'rgb', resize: 'cover', crop: 1 } as const;
  return {
    model: graph.build(),
    manifest: {
      formatVersion: 1,
      task: 'classification',
      input: { kind: 'picture', name: 'pixels', ...frame, kernel: 'cubic', invert: false, datatype: 'UINT8' },
      output: { kind: 'classification', name: 'answer', labels: ['red', 'green', 'blue'], activation: 'softmax' },
      precision: 'float32',
      metrics: {},
      provenance: { source: 'benchmark' },
    },
  } as const satisfies Parameters<ReturnType<typeof openStore>['save']>[1];
}
