import { join } from 'node:path';
import { createKey, keyFile } from '#keys';
import { type LocalGateway, startLocalAuth } from '#local';
import { median } from '#system';
import { type Bench, inTemporaryFolder, round } from '../bench.ts';
import { openClient } from '../setups/client.ts';
import { withSmallGateway } from '../setups/small-gateway.ts';

const ROUNDS = 3_000;
const WARM_UP = 300;
/** Of keys that nobody has to do with: a list is compared whole. */
const OTHERS = 5;
const PAST = '2020-01-01T00:00:00.000Z';

/** `npm run bench -- auth --rounds 200` */
export const authBench: Bench = {
  name: 'auth',
  summary: 'Whether the time of a refusal tells an unknown key from one that nearly fits, is expired or was revoked.',
  async run({ rounds = ROUNDS }) {
    return inTemporaryFolder(async (work) => {
      const { presented, file } = await makeKeys(join(work, 'keys.json'));
      const auth = await startLocalAuth('key', file);
      try {
        const environment = { ...auth.environment, API_KEYS_TTL: '3600' };
        return await withSmallGateway(environment, (gateway) => measure(gateway, presented, rounds));
      } finally {
        auth.close();
      }
    });
  },
};

/** What is asked with which key. */
type Presented = Readonly<Record<string, string>>;

async function makeKeys(file: string): Promise<{ presented: Presented; file: string }> {
  const keys = keyFile(file);
  const make = async (name: string, extra: { expiresAt?: string; revokedAt?: string } = {}) => {
    const { key, record } = createKey({ name });
    await keys.put({ ...record, ...extra });
    return key;
  };
  for (let i = 0; i < OTHERS; i++) await make(`other ${i}`);
  const good = await make('good');
  const presented = {
    good,
    unknown: createKey({ name: 'nobody' }).key,
    // All of it is right except for the last character.
    near: good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A'),
    expired: await make('expired', { expiresAt: PAST }),
    revoked: await make('revoked', { revokedAt: PAST }),
  };
  return { presented, file };
}

async function measure(gateway: LocalGateway, presented: Presented, rounds: number): Promise<Record<string, unknown>> {
  const client = openClient(gateway.url);
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(presented).map((name) => [name, []]));
  const statuses: Record<string, number> = {};
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const name of shuffled(Object.keys(presented))) {
      const started = performance.now();
      const status = await client.send('GET', '/models', { authorization: `Bearer ${presented[name]}` });
      const took = performance.now() - started;
      statuses[name] = status;
      if (round >= 0) times[name]?.push(took);
    }
  }
  client.close();
  const names = Object.keys(presented).filter((name) => statuses[name] === 401);
  const medianUs = Object.fromEntries(names.map((name) => [name, Math.round(1000 * median(times[name] ?? []))]));
  const told: Record<string, number> = {};
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) told[`${a}/${b}`] = round(share(times[a] ?? [], times[b] ?? []), 3);
  }
  // Four standard deviations of a share between two samples that do not differ (Mann and Whitney).
  const chance = round(4 * Math.sqrt((2 * rounds + 1) / (12 * rounds * rounds)), 3);
  const farthest = Math.max(...Object.values(told).map((value) => Math.abs(value - 0.5)));
  process.stderr.write(
    `  refused after ${names.map((name) => `${medianUs[name]} us (${name})`).join(', ')}\n` +
      `  how often one took longer than the other: ${JSON.stringify(told)}; 0.5 +- ${chance} is chance\n`,
  );
  return { rounds, statuses, medianUs, told, chance, measurable: farthest > chance };
}

/** How often one of `a` is above one of `b`: 0.5 where nothing tells them apart. */
function share(a: readonly number[], b: readonly number[]): number {
  const ranked = [...a.map((time) => ({ time, mine: true })), ...b.map((time) => ({ time, mine: false }))].sort(
    (x, y) => x.time - y.time,
  );
  let below = 0;
  let above = 0;
  for (const { mine } of ranked) {
    if (mine) above += below;
    else below++;
  }
  return above / (a.length * b.length);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
