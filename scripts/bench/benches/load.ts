import { availableParallelism } from 'node:os';
import type { LocalGateway } from '#local';
import { memoryOf } from '#system';
import { amountIn, type Bench } from '../bench.ts';
import { openClient } from '../setups/client.ts';
import { photograph } from '../setups/photograph.ts';
import { withSmallGateway } from '../setups/small-gateway.ts';

const REQUESTS = 10_000;
/** Until caches are full, code is compiled and V8 has given the young part of its heap its size: once, after some 10,000. */
const WARM_UP = 12_000;
/** How often memory is looked at on the way. */
const PARTS = 10;

/** `npm run bench -- load [requests]` */
export const loadBench: Bench = {
  name: 'load',
  summary: 'Pictures over loopback as fast as the gateway answers: requests a second, errors, memory on the way.',
  async run({ rest: [typed = String(REQUESTS)] }) {
    const requests = amountIn(typed);
    return withSmallGateway({}, (gateway) => measure(gateway, requests));
  },
};

async function measure(gateway: LocalGateway, requests: number): Promise<Record<string, unknown>> {
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
}

/** Every connection sends its next request when it has its answer. @returns how often each status came; 0 is none at all. */
async function ask(gateway: LocalGateway, picture: Buffer, requests: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let next = 0;
  const sender = async () => {
    const client = openClient(gateway.url);
    while (next++ < requests) {
      const status = await client.send('POST', '/classify', { 'content-type': 'image/jpeg' }, picture).catch(() => 0);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, sender));
  return statuses;
}

interface Memory {
  /** MB; undefined where the system does not tell. */
  readonly functions: number | undefined;
  readonly gateway: number;
}

async function memory(gateway: LocalGateway): Promise<Memory> {
  const each = await Promise.all(gateway.pids().map(memoryOf));
  const told = each.filter((one) => one !== undefined);
  return {
    functions: told.length < each.length ? undefined : Math.round(told.reduce((sum, { now }) => sum + now, 0)),
    gateway: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}
