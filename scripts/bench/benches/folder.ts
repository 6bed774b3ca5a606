import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, decodePicture, usableCpus, zeroFeeds } from '@freezeframe/inference';
import { classifyAll } from '#classifiers';
import { openStore } from '#store';
import { median, memoryOf } from '#system';
import { amountIn, type Bench, type BenchOptions, inTemporaryFolder, round, say } from '../bench.ts';
import { MOBILE_MANIFEST, mobileGraph } from '../setups/mobile-net.ts';
import { photograph } from '../setups/photograph.ts';

const ROUNDS = 3;
const PICTURES = 1_000;

/**
 * `npm run bench -- folder [pictures]`: decoding alone and the model alone, each on all cores, against both as `predict` does
 * them. Two stages that both need the processor cannot be as fast together as the slower one alone: what is possible is one
 * over the sum of their times.
 */
export const folderBench: Bench = {
  name: 'folder',
  summary: 'A folder of photographs (1280x960, MobileNetV1 1.0/224): decoding alone, the model alone, both at once.',
  async run({ rounds = ROUNDS, rest: [typed = String(PICTURES)] }: BenchOptions) {
    const count = amountIn(typed, 'pictures');
    return inTemporaryFolder(async (work) => {
      const store = openStore(join(work, 'store'));
      const { folder } = await store.save('mobile', { model: mobileGraph(), manifest: MOBILE_MANIFEST });
      const bytes = await photograph(1280, 960).jpeg({ quality: 90 }).toBuffer();
      const files = await linksTo(bytes, count, join(work, 'pictures'));
      const cores = usableCpus();
      // One run keeps the thread that asks for it: two engines here would take turns.
      const engine = await createEngine(mobileGraph(), { threads: cores });
      const feeds = zeroFeeds(engine.inputs);
      const rates = { decode: [] as number[], run: [] as number[], both: [] as number[] };
      for (let turn = 0; turn < rounds; turn++) {
        // Two for each core, so that none waits for the thread that hands them out.
        rates.decode.push(await rate(count, 2 * cores, () => decodePicture(bytes, MOBILE_MANIFEST.input)));
        rates.run.push(await rate(count, 1, () => engine.run(feeds)));
        rates.both.push(await answered(folder, files));
        say(
          `round ${turn + 1}: ${JSON.stringify(rates, (_, value) => (Array.isArray(value) ? round(value.at(-1)) : value))}`,
        );
      }
      await engine.close();
      const share = (of: (decode: number, run: number) => number) =>
        round(median(rates.both.map((both, i) => both / of(rates.decode[i] as number, rates.run[i] as number))), 3);
      return {
        pictures: count,
        cores,
        decodePerSecond: round(median(rates.decode)),
        runPerSecond: round(median(rates.run)),
        bothPerSecond: round(median(rates.both)),
        ofTheSlower: share(Math.min),
        ofWhatIsPossible: share((decode, run) => 1 / (1 / decode + 1 / run)),
        peakMb: round((await memoryOf(process.pid))?.peak ?? Number.NaN, 0),
      };
    });
  },
};

async function linksTo(bytes: Uint8Array, count: number, folder: string): Promise<string[]> {
  await mkdir(folder);
  const first = join(folder, 'photograph');
  await writeFile(first, bytes);
  const files = Array.from({ length: count }, (_, i) => join(folder, `${i}.jpg`));
  for (const file of files) await symlink(first, file);
  return files;
}

/** Pictures a second. */
async function rate(count: number, lanes: number, work: () => Promise<unknown>): Promise<number> {
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left-- > 0) await work();
    }),
  );
  return (count * 1_000) / (performance.now() - start);
}

/** @throws the first picture's error */
async function answered(folder: string, files: readonly string[]): Promise<number> {
  const start = performance.now();
  for await (const said of classifyAll(
    folder,
    files.map((picture) => ({ picture })),
    files.length,
  ))
    if ('error' in said) throw said.error;
  return (files.length * 1_000) / (performance.now() - start);
}
