import { Worker } from 'node:worker_threads';
import { FreezeframeError } from '@freezeframe/inference';
import { openStore } from '#store';
import { packError } from '#system';
import { importModel } from '../import-model.ts';
import type { ImportAnswer, ImportJob } from './messages.ts';

/** The parent has ended, or wants no answer any more. */
process.once('disconnect', () => process.exit());

process.once('message', async ({ store, limits, options }: ImportJob) => {
  const watch = new Worker(new URL('./watch.js', import.meta.url), { workerData: limits, execArgv: [] });
  const answer = await work(options, store, watch);
  process.send?.(answer, () => process.exit());
});

async function work(options: ImportJob['options'], location: string, watch: Worker): Promise<ImportAnswer> {
  try {
    const onStep = (step: string) => {
      // All is known by then: who ends this process now leaves half a version behind.
      if (step === 'Saving') void watch.terminate();
      process.send?.({ step } satisfies ImportAnswer);
    };
    return { report: await importModel({ ...options, store: openStore(location), onStep }) };
  } catch (error) {
    if (error instanceof FreezeframeError) return { refused: packError(error) };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const { code, syscall, path } = error as NodeJS.ErrnoException;
    return { broken: { message, stack, system: { code, syscall, path } } };
  }
}
