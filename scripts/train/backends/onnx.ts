import { createRequire } from 'node:module';
import { expected, FreezeframeError, loadOnnxruntime, usableCpus } from '@freezeframe/inference';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Samples } from '../batches/batches.ts';
import { dataFeeds, randomFeeds } from '../pool/feeds.ts';
import { GradientPool } from '../pool/gradient-pool.ts';
import { initialParameters, toTensors, totalSize } from '../step/parameters.ts';
import { type CompiledTraining, compileTraining } from '../step/training-step.ts';
import type { Trainer, TrainingBackend, TrainingTask } from './backend.ts';

/** Above, a whole batch is hardly ever more than one part: small models on tables. */
const LARGEST_PART = 1000;

/** Weights of an update that one thread is quicker with: for 60,000 it takes 0.45 ms, and two that wait for each other 0.5 to 0.8. */
const SMALL_UPDATE = 2 ** 18;

type Onnxruntime = Awaited<ReturnType<typeof loadOnnxruntime>>;

/**
 * Trains with the engine that serves. A step is one graph, run on all cores; where its batch can be cut and is large
 * enough for that, each core computes the gradient of parts of it, and a second graph moves the weights.
 */
export async function onnxBackend(): Promise<TrainingBackend> {
  const onnxruntime = await loadOnnxruntime();
  return {
    name: 'onnx',
    engine: `onnxruntime-node ${version()}`,
    exact: true,
    async open(task) {
      const compiled = compileTraining(task);
      const sessions = await Promise.all([
        session(onnxruntime, compiled.step),
        session(onnxruntime, compiled.evaluation),
      ]);
      const parallel = await openParallel(onnxruntime, task, compiled);
      return new OnnxTrainer(onnxruntime, task, compiled, ...sessions, parallel);
    },
  };
}

function version(): string {
  return createRequire(import.meta.url)('onnxruntime-node/package.json').version;
}

function session(onnxruntime: Onnxruntime, graph: Uint8Array, threads = usableCpus()): Promise<InferenceSession> {
  return onnxruntime.InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: {
      session: {
        // Moments of weights that no longer move fade below 2^-126, where each operation takes a hundred times as long.
        set_denormal_as_zero: '1',
        // Beside another busy process a step took 45 ms where these two make it 27; alone it is as fast with them (14).
        // Threads that wait go to sleep early, and work is cut small enough to be taken from one that was put aside.
        intra_op: { spin_duration_us: '50' },
        dynamic_block_base: '4',
      },
    },
  });
}

interface Parallel {
  readonly pool: GradientPool;
  readonly update: InferenceSession;
  readonly size: number;
}

async function openParallel(
  onnxruntime: Onnxruntime,
  { seed }: TrainingTask,
  { parts, inputShape, parameters }: CompiledTraining,
): Promise<Parallel | undefined> {
  if (!parts || parts.size > LARGEST_PART) return undefined;
  const { gradient: graph, randoms, size } = parts;
  const setup = { graph, randoms, shape: inputShape.slice(1) as number[], seed };
  const [pool, update] = await Promise.all([
    GradientPool.open(setup, usableCpus()),
    session(onnxruntime, parts.update, totalSize(parameters.trainable) <= SMALL_UPDATE ? 1 : usableCpus()),
  ]);
  return { pool, update, size };
}

class OnnxTrainer implements Trainer {
  readonly #Tensor: Onnxruntime['Tensor'];
  readonly #task: TrainingTask;
  readonly #compiled: CompiledTraining;
  readonly #step: InferenceSession;
  readonly #evaluation: InferenceSession;
  readonly #parallel: Parallel | undefined;
  /** `weights`, `m`, `v` and `fixed`: what a step answers is what the next one is fed, without a copy. */
  #vectors: Record<string, OrtTensor>;
  /** The weights and moments of the step before: memory for the next one. */
  #spare: Record<string, OrtTensor> | undefined;

  constructor(
    onnxruntime: Onnxruntime,
    task: TrainingTask,
    compiled: CompiledTraining,
    step: InferenceSession,
    evaluation: InferenceSession,
    parallel: Parallel | undefined,
  ) {
    this.#Tensor = onnxruntime.Tensor;
    this.#task = task;
    this.#compiled = compiled;
    this.#step = step;
    this.#evaluation = evaluation;
    this.#parallel = parallel;
    const first = initialParameters(compiled.parameters, task.seed);
    const size = first.trainable.length;
    const vectors = { weights: first.trainable, m: new Float32Array(size), v: new Float32Array(size) };
    this.#vectors = this.#asTensors(first.fixed.length > 0 ? { ...vectors, fixed: first.fixed } : vectors);
  }

  async train(batch: Samples, learningRate: number, step: number) {
    const parallel = this.#parallel;
    const adam = { learning_rate: this.#scalar(learningRate), step: this.#scalar(step) };
    // By the number of samples alone, so that a training resumed elsewhere takes the same way.
    if (parallel && batch.count > parallel.size) return this.#trainInParts(parallel, batch, adam, step);
    const { loss, measure, ...next } = await this.#step.run({
      ...this.#data(batch),
      ...this.#vectors,
      ...adam,
      ...randomFeeds(this.#Tensor, this.#compiled.randoms, batch.count, this.#task.seed, [step]),
    });
    this.#advance(next);
    return { loss: scalar(loss), measure: scalar(measure) };
  }

  async #trainInParts({ pool, update, size }: Parallel, batch: Samples, adam: Record<string, OrtTensor>, step: number) {
    const { weights, m, v, fixed } = this.#vectors as Record<'weights' | 'm' | 'v', OrtTensor> & { fixed?: OrtTensor };
    const values = weights.data as Float32Array;
    const job = { batch, weights: values, fixed: fixed?.data as Float32Array | undefined, step, size };
    const { gradients, parts, loss, measure } = await pool.run(job);
    const rows = new this.#Tensor('float32', gradients, [parts, values.length]);
    const moved = { weights, m, v };
    const next = this.#spare ?? this.#asTensors({ weights: values.slice(), m: values.slice(), v: values.slice() });
    const outputs = Object.fromEntries(Object.entries(next).map(([name, tensor]) => [`next_${name}`, tensor]));
    await update.run({ ...moved, gradients: rows, ...adam }, outputs);
    this.#spare = moved;
    this.#vectors = { ...this.#vectors, ...next };
    return { loss, measure };
  }

  #advance(next: InferenceSession.OnnxValueMapType): void {
    for (const name of Object.keys(this.#vectors)) {
      const tensor = next[`next_${name}`];
      if (tensor) this.#vectors[name] = tensor as OrtTensor;
    }
  }

  #scalar(value: number): OrtTensor {
    return new this.#Tensor('float32', Float32Array.of(value), []);
  }

  async evaluate(batch: Samples) {
    const { weights, fixed } = this.#vectors;
    const feeds = { ...this.#data(batch), ...(fixed ? { weights, fixed } : { weights }) };
    const { loss, measure, outputs } = await this.#evaluation.run(feeds as Record<string, OrtTensor>);
    return { loss: scalar(loss), measure: scalar(measure), outputs: (outputs as OrtTensor).data as Float32Array };
  }

  async weights() {
    const { weights, fixed } = this.#vectors;
    return toTensors(this.#compiled.parameters, {
      trainable: (weights as OrtTensor).data as Float32Array,
      fixed: (fixed?.data as Float32Array | undefined) ?? new Float32Array(0),
    });
  }

  async answering() {
    const { weights, fixed } = this.#vectors;
    const named = Object.entries({ weights, fixed });
    return new Map(named.flatMap(([name, tensor]) => (tensor ? [[name, tensor.data as Float32Array] as const] : [])));
  }

  async state() {
    return new Map(
      Object.entries(this.#vectors).map(([name, tensor]) => [name, Float32Array.from(tensor.data as Float32Array)]),
    );
  }

  async restore(state: ReadonlyMap<string, Float32Array>) {
    const { trainable, fixed } = this.#compiled.parameters;
    const vectors: Record<string, Float32Array> = {};
    for (const name of Object.keys(this.#vectors)) {
      const vector = state.get(name);
      const size = totalSize(name === 'fixed' ? fixed : trainable);
      if (vector?.length !== size) {
        throw new FreezeframeError('checkpoint-mismatch', expected(`${size} numbers`, name, vector?.length), {
          remedy: 'The checkpoint is of another model: train again without --resume.',
        });
      }
      vectors[name] = vector.slice();
    }
    this.#vectors = this.#asTensors(vectors);
  }

  async close() {
    const { pool, update } = this.#parallel ?? {};
    await Promise.all([this.#step.release(), this.#evaluation.release(), pool?.close(), update?.release()]);
  }

  #asTensors(vectors: Readonly<Record<string, Float32Array>>): Record<string, OrtTensor> {
    return Object.fromEntries(
      Object.entries(vectors).map(([name, data]) => [name, new this.#Tensor('float32', data, [data.length])]),
    );
  }

  #data(batch: Samples) {
    return dataFeeds(this.#Tensor, batch, this.#compiled.inputShape.slice(1) as number[]);
  }
}

function scalar(tensor: OrtTensor | undefined): number {
  return (tensor as OrtTensor).data[0] as number;
}
