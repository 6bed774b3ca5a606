import { loadOnnxruntime } from '@freezeframe/inference';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { stream } from '#system';
import type { StepParts } from '../step/training-step.ts';

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
  /** Number of the part that nobody has taken yet. */
  readonly next: Int32Array;
  /** One row for each part. */
  readonly gradients: Float32Array;
  /** Loss and measure of each part. */
  readonly results: Float32Array;
}

/** Computes parts of a step, one after the other, on the thread that calls it. */
export class GradientRunner {
  readonly #setup: GradientSetup;
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;
  // Used again at each step: new memory of this size costs the system as much as it takes to fill it.
  #weights = new Float32Array(0);
  #gradient = new Float32Array(0);

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
    const size = job.weights.length;
    if (this.#weights.length !== size) {
      this.#weights = new Float32Array(size);
      this.#gradient = new Float32Array(size);
    }
    // onnxruntime takes no shared memory: everything that it is fed is copied.
    this.#weights.set(job.weights);
    const own = { ...job, weights: this.#weights, fixed: job.fixed?.slice() };
    const outputs = { loss: null, measure: null, gradient: this.#tensor(this.#gradient, [size]) };
    for (let part = Atomics.add(job.next, 0, 1); part < parts; part = Atomics.add(job.next, 0, 1)) {
      const { loss, measure } = await this.#session.run(this.#feeds(own, part), outputs);
      job.gradients.set(this.#gradient, part * size);
      job.results[2 * part] = (loss as Tensor).data[0] as number;
      job.results[2 * part + 1] = (measure as Tensor).data[0] as number;
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #feeds(job: GradientJob, part: number): Record<string, Tensor> {
    const from = part * job.size;
    const count = Math.min(job.size, job.count - from);
    const of = <T extends Uint8Array | Int32Array | Float32Array>(values: T) => {
      const per = values.length / job.count;
      return values.slice(from * per, (from + count) * per) as T;
    };
    const feeds: Record<string, Tensor> = {
      x: this.#tensor(of(job.x), [count, ...this.#setup.shape]),
      y: job.y instanceof Int32Array ? this.#tensor(of(job.y), [count]) : this.#wide(of(job.y), count),
      weights: this.#tensor(job.weights, [job.weights.length]),
      share: this.#tensor(Float32Array.of(1 / job.count), [1]),
    };
    if (job.fixed) feeds.fixed = this.#tensor(job.fixed, [job.fixed.length]);
    for (const [i, { name, shape }] of this.#setup.randoms.entries()) {
      const dims = [count, ...(shape.slice(1) as number[])];
      const numbers = new Float32Array(dims.reduce((a, b) => a * b, 1));
      stream(this.#setup.seed, 'dropout', job.step, i, part).fill(numbers);
      feeds[name] = this.#tensor(numbers, dims);
    }
    return feeds;
  }

  #wide(values: Float32Array, count: number): Tensor {
    return this.#tensor(values, [count, values.length / count]);
  }

  #tensor(data: Uint8Array | Int32Array | Float32Array, dims: readonly number[]): Tensor {
    const Tensor = this.#Tensor;
    if (data instanceof Uint8Array) return new Tensor('uint8', data, dims);
    return data instanceof Int32Array ? new Tensor('int32', data, dims) : new Tensor('float32', data, dims);
  }
}
