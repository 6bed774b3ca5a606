import { median, memoryOf } from '#system';
import { amountIn, type Bench, chosenNames, inTemporaryFolder, round, say, wrongly } from '../bench.ts';
import { type Case, makeCases } from '../serve/pictures.ts';
import { processorTime } from '../serve/processor-time.ts';
import { openWorkshop } from '../serve/run.ts';
import { startSubject } from '../serve/running.ts';
import { SUBJECTS } from '../subjects/index.ts';
import type { Prepared } from '../subjects/subject.ts';

const REQUESTS = 10_000;
/** How often memory is looked at on the way. */
const EVERY = 500;
/** Asked in this order, again and again: half are photographs of a usual size. */
const ORDER = ['1280x960 JPEG', '12 MP JPEG', '1280x960 JPEG', '320x240 PNG'];
const USUALLY = ['freezeframe', 'freezeframe int8', 'floor'];

/** `npm run bench -- memory [requests]` */
export const memoryBench: Bench = {
  name: 'memory',
  summary: 'What a function with MobileNetV2 holds while it answers small and large pictures: RSS after every 500.',
  async run({ rest: [typed = String(REQUESTS)], only = USUALLY }) {
    const requests = amountIn(typed);
    const chosen = chosenNames(
      SUBJECTS.map(({ name }) => name),
      only,
    );
    return inTemporaryFolder(async (work) => {
      const workshop = await openWorkshop(work);
      const cases = await makeCases();
      const pictures = ORDER.map((wanted) => cases.find(({ name }) => name === wanted) as Case);
      const figures: Record<string, unknown> = {};
      for (const { name, prepare } of SUBJECTS.filter(({ name }) => chosen.has(name))) {
        say(`${name}, ${requests} requests`);
        figures[name] = await measure(await prepare(workshop), pictures, requests);
      }
      return figures;
    });
  },
};

/** @throws Error for any answer but a 200. */
async function measure({ program }: Prepared, pictures: readonly Case[], requests: number) {
  const { environment, ask } = await startSubject(program);
  const series: number[] = [];
  try {
    const before = await processorTime(environment.pid);
    for (let asked = 1; asked <= requests; asked++) {
      await ask(pictures[(asked - 1) % pictures.length] as Case);
      if (asked % EVERY > 0 && asked < requests) continue;
      const memory = await memoryOf(environment.pid);
      if (!memory) throw wrongly('This system does not tell what a process holds');
      series.push(Math.round(memory.now));
      say(`  after ${asked}: ${series.at(-1)} MB, at most ${Math.round(memory.peak)}`);
    }
    const after = await processorTime(environment.pid);
    const half = Math.ceil(series.length / 2);
    return {
      requests,
      mb: series.at(-1),
      peakMb: Math.round((await memoryOf(environment.pid))?.peak ?? Number.NaN),
      /** How much more the second half of the requests held than the first. */
      growthMb: round(median(series.slice(-half)) - median(series.slice(0, half))),
      ...(before === undefined || after === undefined ? {} : { cpuMs: round((after - before) / requests) }),
      series,
    };
  } finally {
    await environment.end();
  }
}
