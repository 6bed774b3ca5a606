import { JobThread } from '#system';
import type { Samples } from '../batches/batches.ts';
import { DONE, type GradientJob, GradientRunner, type GradientSetup } from './gradient-runner.ts';

const WORKER = new URL('./gradient-worker.ts', import.meta.url);

/** The most rows of gradients that are kept: a model of two million weights then takes 64 MB of them. */
const MOST_PARTS = 8;

export interface PoolStep {
  readonly batch: Samples;
  readonly weights: Float32Array;
  readonly fixed: Float32Array | undefined;
  readonly step: number;
  /** Samples of one part, unless that makes too many parts. */
  readonly size: number;
}

export interface PoolResult {
  /** One row for each part, until the next step. */
  readonly gradients: Float32Array;
  readonly parts: number;
  readonly loss: number;
  readonly measure: number;
}

/** Samples of a part, for a batch of so many: no more than `size` where that makes few enough parts, and all alike. */
export function partSize(count: number, size: number): number {
  return Math.ceil(count / Math.min(MOST_PARTS, Math.ceil(count / size)));
}

/** Shares the parts of a step among this thread and others. */
export class GradientPool {
  readonly #own: GradientRunner;
  readonly #threads: readonly JobThread<GradientJob>[];
  readonly #shared = new Map<string, SharedArrayBuffer>();
  #gradients = new Float32Array(0);
  /** Of another thread, in this step or an earlier one. */
  #failure: { readonly error: unknown } | undefined;

  private constructor(own: GradientRunner, threads: readonly JobThread<GradientJob>[]) {
    this.#own = own;
    this.#threads = threads;
  }

  /** @param threads how many compute, this one included */
  static async open(setup: GradientSetup, threads: number): Promise<GradientPool> {
    const others = Array.from({ length: threads - 1 }, () => new JobThread<GradientJob>(WORKER, setup));
    return new GradientPool(await GradientRunner.open(setup), others);
  }

  async run({ batch, weights, fixed, step, size }: PoolStep): Promise<PoolResult> {
    const part = partSize(batch.count, size);
    const parts = Math.ceil(batch.count / part);
    const job: GradientJob = {
      x: this.#share('x', batch.x),
      y: this.#share('y', batch.y),
      weights: this.#share('weights', weights),
      fixed: fixed ? this.#share('fixed', fixed) : undefined,
      count: batch.count,
      size: part,
      step,
      // New for each step: a thread that is late must find the parts of its own step taken.
      progress: new Int32Array(new SharedArrayBuffer(8)),
      gradients: new Float32Array(this.#memory('gradients', 4 * parts * weights.length), 0, parts * weights.length),
      results: new Float32Array(this.#memory('results', 8 * parts), 0, 2 * parts),
    };
    await this.#compute(job, parts);
    let [loss, measure] = [0, 0];
    for (let i = 0; i < parts; i++) {
      loss += job.results[2 * i] as number;
      measure += job.results[2 * i + 1] as number;
    }
    return { gradients: this.#ownCopy(job.gradients), parts, loss, measure };
  }

  /**
   * Until all parts are done, whoever does them. A thread that has not even begun is not waited for: where other programs
   * keep the cores busy, it may get its turn only when this step is over.
   */
  async #compute(job: GradientJob, parts: number): Promise<void> {
    const waiting = new Set<Promise<void>>();
    for (const thread of this.#threads) {
      const work: Promise<void> = thread
        .run(job)
        .catch((error) => {
          this.#failure ??= { error };
        })
        .finally(() => waiting.delete(work));
      waiting.add(work);
    }
    await this.#own.run(job);
    while (Atomics.load(job.progress, DONE) < parts && waiting.size > 0) await Promise.race(waiting);
    if (this.#failure) throw this.#failure.error;
  }

  /** A copy in memory that no other thread sees, which is all that onnxruntime takes. It lasts until the next step. */
  #ownCopy(values: Float32Array): Float32Array {
    if (this.#gradients.length < values.length) this.#gradients = new Float32Array(values.length);
    const copy = this.#gradients.subarray(0, values.length);
    copy.set(values);
    return copy;
  }

  async close(): Promise<void> {
    await Promise.all([this.#own.close(), ...this.#threads.map((thread) => thread.close())]);
  }

  /** A copy that all threads see. The memory is used again at each step. */
  #share<T extends Uint8Array | Int32Array | Float32Array>(name: string, values: T): T {
    const View = values.constructor as new (memory: SharedArrayBuffer, offset: number, length: number) => T;
    const copy = new View(this.#memory(name, values.byteLength), 0, values.length);
    copy.set(values);
    return copy;
  }

  #memory(name: string, bytes: number): SharedArrayBuffer {
    const known = this.#shared.get(name);
    if (known && known.byteLength >= bytes) return known;
    const memory = new SharedArrayBuffer(bytes);
    this.#shared.set(name, memory);
    return memory;
  }
}
