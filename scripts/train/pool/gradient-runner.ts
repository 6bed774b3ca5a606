import { loadOnnxruntime } from '@freezeframe/inference';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { StepParts } from '../step/training-step.ts';
import { dataFeeds, randomFeeds } from './feeds.ts';

/** What every thread needs to know once. */
export interface GradientSetup {
  readonly graph: Uint8Array;
  readonly randoms: StepParts['randoms'];
  /** Of `x`, without the batch axis. */
  readonly shape: readonly number[];
  readonly seed: number;
}

/** One step, in memory that all threads share. */
export interface GradientJob {
  readonly x: Uint8Array | Float32Array;
  readonly y: Int32Array | Float32Array;
  readonly weights: Float32Array;
  readonly fixed: Float32Array | undefined;
  readonly count: number;
  /** Samples of one part; the last may be smaller. */
  readonly size: number;
  readonly step: number;
  /** Of this step alone: the number of the part that nobody has taken yet, and how many parts are done. */
  readonly progress: Int32Array;
  /** One row for each part. */
  readonly gradients: Float32Array;
  /** Loss and measure of each part. */
  readonly results: Float32Array;
}

/** Places in `progress`. */
const NEXT = 0;
export const DONE = 1;

/** Computes parts of a step, one after the other, on the thread that calls it. */
export class GradientRunner {
  readonly #setup: GradientSetup;
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;
  // Used again at each step: new memory of this size costs the system as much as it takes to fill it.
  #weights = new Float32Array(0);
  #gradient = new Float32Array(0);
  readonly #randoms = new Map<string, Float32Array<ArrayBuffer>>();

  private constructor(setup: GradientSetup, session: InferenceSession, tensor: typeof Tensor) {
    this.#setup = setup;
    this.#session = session;
    this.#Tensor = tensor;
  }

  static async open(setup: GradientSetup): Promise<GradientRunner> {
    const { InferenceSession, Tensor } = await loadOnnxruntime();
    const session = await InferenceSession.create(setup.graph, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      extra: { session: { set_denormal_as_zero: '1' } },
    });
    return new GradientRunner(setup, session, Tensor);
  }

  /**
   * Takes parts until none is left. Which thread computes a part changes nothing: its numbers come from the part alone,
   * and each has a row of its own.
   */
  async run(job: GradientJob): Promise<void> {
    const parts = Math.ceil(job.count / job.size);
    // Others were quicker: this step is over, and its memory may be that of another one.
    if (Atomics.load(job.progress, NEXT) >= parts) return;
    const size = job.weights.length;
    if (this.#weights.length !== size) {
      this.#weights = new Float32Array(size);
      this.#gradient = new Float32Array(size);
    }
    // onnxruntime takes no shared memory: everything that it is fed is copied.
    this.#weights.set(job.weights);
    const own = { ...job, weights: this.#weights, fixed: job.fixed?.slice() };
    const outputs = { loss: null, measure: null, gradient: this.#vector(this.#gradient) };
    const take = () => Atomics.add(job.progress, NEXT, 1);
    for (let part = take(); part < parts; part = take()) {
      const { loss, measure } = await this.#session.run(this.#feeds(own, part), outputs);
      job.gradients.set(this.#gradient, part * size);
      job.results[2 * part] = (loss as Tensor).data[0] as number;
      job.results[2 * part + 1] = (measure as Tensor).data[0] as number;
      Atomics.add(job.progress, DONE, 1);
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #feeds(job: GradientJob, part: number): Record<string, Tensor> {
    const { randoms, shape, seed } = this.#setup;
    const from = part * job.size;
    const count = Math.min(job.size, job.count - from);
    const of = <T extends Uint8Array | Int32Array | Float32Array>(values: T) => {
      const per = values.length / job.count;
      return values.slice(from * per, (from + count) * per) as T;
    };
    return {
      ...dataFeeds(this.#Tensor, { count, x: of(job.x), y: of(job.y) }, shape),
      ...randomFeeds(this.#Tensor, randoms, count, seed, [job.step, part], (name, size) => this.#memory(name, size)),
      weights: this.#vector(job.weights),
      share: this.#vector(Float32Array.of(1 / job.count)),
      ...(job.fixed ? { fixed: this.#vector(job.fixed) } : {}),
    };
  }

  #memory(name: string, size: number): Float32Array<ArrayBuffer> {
    const known = this.#randoms.get(name);
    if (known && known.length >= size) return known.subarray(0, size);
    const made = new Float32Array(size);
    this.#randoms.set(name, made);
    return made;
  }

  #vector(data: Float32Array): Tensor {
    return new this.#Tensor('float32', data, [data.length]);
  }
}
