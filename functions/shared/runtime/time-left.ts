import type { Invocation } from '../observe/observe.ts';

/** The largest picture (`MAX_PIXELS`) on a cold start: the SDK, S3, and decoding. Milliseconds. */
const LEAST_MS = 5_000;

/** Whether an invocation has the time to begin another piece of work. */
export class TimeLeft {
  readonly #remaining: () => number;
  readonly #atFirst: number;
  #slowest = 0;

  constructor(invocation?: Pick<Invocation, 'getRemainingTimeInMillis'>) {
    this.#remaining = () => invocation?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    this.#atFirst = this.#remaining();
  }

  /**
   * Twice what the slowest piece took has to be left, and never less than {@link LEAST_MS}; but whatever the function's
   * timeout is, the first half of it is for work.
   */
  suffices(): boolean {
    return this.#remaining() >= Math.min(Math.max(LEAST_MS, 2 * this.#slowest), this.#atFirst / 2);
  }

  /** Does `work` and remembers how long it took. */
  async spend<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#slowest = Math.max(this.#slowest, performance.now() - started);
    }
  }
}
