import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cost } from './cost.ts';

/** A frozen model with pictures to ask it about (none for one of numbers), or a bare graph that gets zeros. */
export interface CostJob {
  readonly folder?: string;
  readonly pictures?: readonly Uint8Array[];
  readonly graph?: Uint8Array | string;
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
const LONGEST_MS = 60_000;

/**
 * Processes that measure speed and memory, one for each job: what this one holds does not count. They load what they need as
 * soon as they are started, and may be started long before there is something to measure.
 */
export class CostMeters {
  readonly #children: readonly Child[];

  constructor(count: number) {
    this.#children = Array.from({ length: count }, () => new Child());
  }

  /**
   * Measures one after the other; what is to be measured is opened side by side.
   * @param jobs at most as many as there are processes
   * @returns nothing of one that cannot be measured, or takes more than a minute
   */
  async measure(jobs: readonly CostJob[]): Promise<Cost[]> {
    const opened = jobs.map((job, i) => (this.#children[i] as Child).open(job));
    const costs: Cost[] = [];
    for (const one of opened) costs.push(await one.then((measure) => measure()));
    return costs;
  }

  close(): void {
    for (const child of this.#children) child.end();
  }
}

class Child {
  readonly #process: ChildProcess;
  readonly #end: () => void;
  readonly #gone: Promise<undefined>;

  constructor() {
    const child = spawn(process.execPath, [CHILD], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    this.#process = child;
    this.#end = () => child.kill('SIGKILL');
    this.#gone = once(child, 'close').then(
      () => undefined,
      () => undefined,
    );
    process.once('exit', this.#end);
  }

  async open(job: CostJob): Promise<() => Promise<Cost>> {
    const timer = setTimeout(this.#end, LONGEST_MS);
    this.#gone.then(() => clearTimeout(timer));
    const ready = await this.#ask<'ready'>(job);
    return async () => (ready && (await this.#ask<Cost>('measure'))) ?? {};
  }

  end(): void {
    process.off('exit', this.#end);
    this.#end();
  }

  #ask<T>(message: CostJob | 'measure'): Promise<T | undefined> {
    const answer = once(this.#process, 'message').then(
      ([message]) => message as T,
      () => undefined,
    );
    this.#process.send(message, () => undefined);
    return Promise.race([answer, this.#gone]);
  }
}
