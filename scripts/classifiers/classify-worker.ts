import { FreezeframeError, openClassifier } from '@freezeframe/inference';
import { answerJobs, type PackedError, packError } from '#system';
import { type Answered, ask, type Job } from './ask.ts';

export interface Setup {
  /** Of the model's version. */
  readonly folder: string;
  /** That share one run. */
  readonly threads: number;
  readonly topK: number | undefined;
}

/** Of a job: what was said to each picture; or what stops all. */
export type Reply = readonly (Answered | { readonly refused: PackedError })[] | { readonly failed: PackedError };

answerJobs(async ({ folder, threads, topK }: Setup) => {
  // A failure is told by the first job: only there its fields arrive.
  const opened = openClassifier(folder, { threads, warmed: false });
  opened.catch(() => undefined);
  return async (jobs: readonly Job[]): Promise<Reply> => {
    try {
      const classifier = await opened;
      const reply: (Answered | { readonly refused: PackedError })[] = [];
      for (const job of jobs) {
        const said = await ask(classifier, job, topK);
        reply.push('error' in said ? { refused: packError(said.error) } : said);
      }
      return reply;
    } catch (error) {
      // What nobody foresaw goes as it is.
      if (!(error instanceof FreezeframeError)) throw error;
      return { failed: packError(error) };
    }
  };
});
