import { openClassifier } from '@freezeframe/inference';
import { answerJobs } from '#system';
import { type Answered, ask, type Job } from './ask.ts';
import { type Failure, packed } from './failure.ts';

export interface Setup {
  /** Of the model's version. */
  readonly folder: string;
  /** That share one run. */
  readonly threads: number;
  readonly topK: number | undefined;
}

/** Of a job: what was said to each picture; or what stops all. */
export type Reply = readonly (Answered | { readonly refused: Failure })[] | { readonly failed: Failure };

answerJobs(async ({ folder, threads, topK }: Setup) => {
  // A failure is told by the first job: only there its fields arrive.
  const opened = openClassifier(folder, { threads, warmed: false });
  opened.catch(() => undefined);
  return async (jobs: readonly Job[]): Promise<Reply> => {
    try {
      const classifier = await opened;
      const reply: (Answered | { readonly refused: Failure })[] = [];
      for (const job of jobs) {
        const said = await ask(classifier, job, topK);
        reply.push('error' in said ? { refused: packed(said.error) } : said);
      }
      return reply;
    } catch (error) {
      return { failed: packed(error) };
    }
  };
});
