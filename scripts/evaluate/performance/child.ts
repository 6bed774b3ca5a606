import { createEngine, openClassifier, type Timings, zeroFeeds } from '@freezeframe/inference';
import { type Cost, repeat, spreadOf, timeWarm } from './cost.ts';
import type { CostJob } from './measure-cost.ts';

process.once('disconnect', () => process.exit());

process.once('message', async (job: CostJob) => {
  // What cannot be measured is left out of a report; why is said where the model is used.
  const prepared = await prepare(job).catch(() => undefined);
  process.once('message', async () => {
    const cost = await prepared?.().catch(() => undefined);
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    process.send?.(cost ? { ...cost, peakBytes } : {}, () => process.exit());
  });
  process.send?.('ready');
});

/** Opens what is measured. */
async function prepare({ folder, graph, pictures = [] }: CostJob): Promise<() => Promise<Cost>> {
  if (graph !== undefined) {
    const engine = await createEngine(graph);
    return async () => ({ run: await timeWarm(() => engine.run(zeroFeeds(engine.inputs))) });
  }
  const classifier = await openClassifier(folder as string);
  if (pictures.length === 0)
    return async () => ({ run: await timeWarm(() => classifier.run(zeroFeeds(classifier.inputs))) });
  return async () => {
    const each = await repeat(async (turn) => {
      let spent: Timings = { decode: 0, run: 0 };
      const start = performance.now();
      await classifier.classifyBatch([pictures[turn % pictures.length] as Uint8Array], {
        topK: 1,
        onTimings: (timings) => {
          spent = timings;
        },
      });
      return { run: spent.run, whole: performance.now() - start };
    });
    return { run: spreadOf(each.map(({ run }) => run)), whole: spreadOf(each.map(({ whole }) => whole)) };
  };
}
