import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { bundle, hostTarget } from '#bundle';
import { importModel } from '#import';
import { openStore } from '#store';
import { median } from '#system';
import { type Bench, inTemporaryFolder, round, samples, say } from '../bench.ts';
import { openHandler } from '../setups/built-handler.ts';
import { mobileGraph } from '../setups/mobile-net.ts';
import { photograph } from '../setups/photograph.ts';

const ROUNDS = 30;
const IN_ROW = 8;
const UNTIL_WARM = 200;
/** A request with an explanation may take so many times the one without. */
const MOST = 1.1;

export const explainBench: Bench = {
  name: 'explain',
  summary: 'A picture through the built handler: without a heat map, with one as JSON, with one as a PNG.',
  run: () => inTemporaryFolder(measure),
};

async function measure(work: string): Promise<Record<string, unknown>> {
  const store = openStore(join(work, 'store'));
  const path = join(work, 'mobile.onnx');
  await writeFile(path, mobileGraph());
  // Two versions of one graph: what the outputs cost that nobody asks for shows too.
  const task = { path, store, task: 'classification', pictures: { preprocess: 'unit' } } as const;
  await importModel({ ...task, name: 'without', heatmap: false });
  await importModel({ ...task, name: 'with' });
  const { outDir } = await bundle({ ...hostTarget(), store, outDir: join(work, 'build') });
  const handler = await openHandler(outDir);
  try {
    const body = await photograph(640, 480).jpeg({ quality: 90 }).toBuffer();
    const requests = {
      'no map': { url: '/classify?model=without', body },
      plain: { url: '/classify?model=with', body },
      json: { url: '/classify?model=with&explain=heatmap', body },
      png: { url: '/classify?model=with&explain=heatmap', body, headers: { accept: 'image/png' } },
    };
    const names = Object.keys(requests) as (keyof typeof requests)[];
    for (const name of names) handler.keep(name, requests[name]);
    for (let i = 0; i < UNTIL_WARM; i++) for (const name of names) await handler.call(name);
    const cpu = Object.fromEntries(names.map((name) => [name, [] as number[]]));
    const calls = Object.fromEntries(
      names.map((name) => [name, async () => cpu[name]?.push(await handler.call(name))] as const),
    );
    const wall = await samples(calls, ROUNDS, 2, IN_ROW);
    const results = names.map((name) => [name, { ...compare(name, wall, 'ms'), ...compare(name, cpu, 'cpuMs') }]);
    return { ...Object.fromEntries(results), load: round(loadavg()[0] ?? 0, 2) };
  } finally {
    handler.close();
  }
}

type Times = Readonly<Record<string, readonly number[]>>;

/** Processor time is what to go by where other programs keep the cores busy. */
function compare(name: string, times: Times, unit: 'ms' | 'cpuMs'): Record<string, number> {
  const [own, base] = [median(times[name] ?? []), median(times['no map'] ?? [])];
  const ratio = round(own / base, 3);
  say(`${name}: ${own.toFixed(1)} ${unit}, ${ratio} times what it takes without (at most ${MOST})`);
  return { [unit]: round(own), [`${unit}Ratio`]: ratio };
}
