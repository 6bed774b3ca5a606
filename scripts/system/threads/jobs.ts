import { once } from 'node:events';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, type Worker, workerData } from 'node:worker_threads';
import { FreezeframeError } from '@freezeframe/inference';
import { type PackedError, packError, unpackError } from '../packed-error.ts';
import { startThread } from './start-thread.ts';

/** What a thread is told: a job, or that there will be no more. */
type Message<Job> = { readonly job: Job } | 'close';

/** What a copied error loses: its fields. Our own errors lose their class too. */
type Failed =
  | { readonly refused: PackedError }
  | { readonly error: unknown; readonly system: Pick<NodeJS.ErrnoException, 'code' | 'syscall' | 'path'> };

type Reply<Answer> = { readonly answer: Answer } | Failed;

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Those that have not ended. */
const OPEN = new Set<JobThread<never, unknown>>();

/** A job of an engine takes longer on no machine but a stuck one. Milliseconds. */
const PATIENCE = 10_000;

/**
 * Ends the process once its threads have done the job that they are at, and answers nobody who waits for one. `process.exit()`
 * would terminate them: where that meets an engine at work, it aborts the whole process.
 */
export async function endProcess(code: number): Promise<never> {
  setTimeout(() => process.exit(code), PATIENCE);
  await Promise.all([...OPEN].map((thread) => thread.leave()));
  return process.exit(code);
}

/** A thread that does jobs of one kind, in their order. It keeps the process alive until it is closed. */
export class JobThread<Job, Answer = void> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  #failure: unknown;
  #left = false;

  /** @param module its URL; it calls {@link answerJobs}. @param setup what it is told once */
  constructor(module: URL, setup: unknown) {
    this.#worker = startThread(module, { setup });
    OPEN.add(this);
    this.#worker.on('message', (reply: Reply<Answer>) => {
      if (this.#left) return;
      const job = this.#waiting.shift();
      if ('answer' in reply) job?.resolve(reply.answer);
      else job?.reject(unpacked(reply));
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
      this.#worker.postMessage({ job } satisfies Message<Job>);
    });
    // Who asks for jobs ahead and stops in the middle never looks at their answers.
    answer.catch(() => undefined);
    return answer;
  }

  /**
   * Ends the thread after the job that it is at; those that wait are rejected. It is never terminated from outside:
   * where that meets an engine that opens a model, it ends the whole process.
   */
  async close(): Promise<void> {
    if (this.#failure) return;
    const ended = once(this.#worker, 'exit');
    this.#worker.postMessage('close' satisfies Message<Job>);
    // Its error is that of its jobs.
    await ended.catch(() => undefined);
  }

  /** As {@link close}, for a process that ends: nobody hears of the jobs any more. */
  leave(): Promise<void> {
    this.#left = true;
    return this.close();
  }

  #fail(error: unknown): void {
    OPEN.delete(this);
    this.#failure ??= error;
    if (this.#left) return;
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
  let last: Promise<unknown> = work.catch(() => undefined);
  let closed = false;
  parentPort?.on('message', (message: Message<Job>) => {
    if (message === 'close') {
      closed = true;
      last.then(() => process.exit());
      return;
    }
    last = last.then(async () => {
      // Lets it hear that it is closed.
      await setImmediate();
      if (closed) return;
      try {
        const answer = await (await work)(message.job);
        const moved = ArrayBuffer.isView(answer) && answer.buffer instanceof ArrayBuffer ? [answer.buffer] : [];
        parentPort?.postMessage({ answer } satisfies Reply<Answer>, moved);
      } catch (error) {
        parentPort?.postMessage(packed(error) satisfies Reply<Answer>);
      }
    });
  });
}

function packed(error: unknown): Failed {
  if (error instanceof FreezeframeError) return { refused: packError(error) };
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  const system = Object.entries({ code, syscall, path }).filter(([, value]) => value !== undefined);
  return { error, system: Object.fromEntries(system) };
}

function unpacked(failed: Failed): unknown {
  if ('refused' in failed) return unpackError(failed.refused);
  const { error, system } = failed;
  return error instanceof Error ? Object.assign(error, system) : error;
}
