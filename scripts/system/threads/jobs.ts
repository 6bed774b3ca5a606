import { basename } from 'node:path';
import { parentPort, type Worker, workerData } from 'node:worker_threads';
import { startThread } from './start-thread.ts';

type Reply<Answer> = { readonly answer: Answer } | { readonly error: unknown };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** A thread that does jobs of one kind, in their order. It keeps the process alive until it is closed. */
export class JobThread<Job, Answer = void> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  #failure: unknown;

  /** @param module its URL; it calls {@link answerJobs}. @param setup what it is told once */
  constructor(module: URL, setup: unknown) {
    this.#worker = startThread(module, { setup });
    this.#worker.on('message', (reply: Reply<Answer>) => {
      const job = this.#waiting.shift();
      if ('error' in reply) job?.reject(reply.error);
      else job?.resolve(reply.answer);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`the thread of ${basename(module.pathname)} ended with code ${code}`)),
    );
  }

  /** Rejects with the error of the job, or of the thread. */
  run(job: Job): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(job);
    });
    // Who asks for jobs ahead and stops in the middle never looks at their answers.
    answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/**
 * Called in the thread of a {@link JobThread}: does its jobs one after the other. Arrays that are answered are moved.
 * @param open makes, of what the thread is told once, the function that does a job
 */
export function answerJobs<Setup, Job, Answer>(
  open: (setup: Setup) => ((job: Job) => Answer | Promise<Answer>) | Promise<(job: Job) => Answer | Promise<Answer>>,
): void {
  const work = (async () => open(workerData.setup as Setup))();
  let last: Promise<void> = work.then(() => undefined);
  parentPort?.on('message', (job: Job) => {
    last = last.then(async () => {
      try {
        const answer = await (await work)(job);
        const moved = ArrayBuffer.isView(answer) && answer.buffer instanceof ArrayBuffer ? [answer.buffer] : [];
        parentPort?.postMessage({ answer } satisfies Reply<Answer>, moved);
      } catch (error) {
        parentPort?.postMessage({ error } satisfies Reply<Answer>);
      }
    });
  });
}
