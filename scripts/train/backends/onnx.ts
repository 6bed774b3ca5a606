import { createRequire } from 'node:module';
import { expected, FreezeframeError, loadOnnxruntime, usableCpus } from '@freezeframe/inference';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Samples } from '../batches.ts';
import { initialParameters, toTensors, totalSize } from '../parameters.ts';
import { stream } from '../random.ts';
import { type CompiledTraining, compileTraining } from '../training-step.ts';
import type { Trainer, TrainingBackend, TrainingTask } from './backend.ts';

type Onnxruntime = Awaited<ReturnType<typeof loadOnnxruntime>>;

/** Trains with the engine that serves: a step is one graph, run on all cores. */
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
      return new OnnxTrainer(onnxruntime, task, compiled, ...sessions);
    },
  };
}

function version(): string {
  return createRequire(import.meta.url)('onnxruntime-node/package.json').version;
}

function session(onnxruntime: Onnxruntime, graph: Uint8Array): Promise<InferenceSession> {
  return onnxruntime.InferenceSession.create(graph, {
    intraOpNumThreads: usableCpus(),
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

class OnnxTrainer implements Trainer {
  readonly #Tensor: Onnxruntime['Tensor'];
  readonly #task: TrainingTask;
  readonly #compiled: CompiledTraining;
  readonly #step: InferenceSession;
  readonly #evaluation: InferenceSession;
  /** `weights`, `m`, `v` and `fixed`: what a step answers is what the next one is fed, without a copy. */
  #vectors: Record<string, OrtTensor>;
  #randoms: Float32Array[] = [];

  constructor(
    onnxruntime: Onnxruntime,
    task: TrainingTask,
    compiled: CompiledTraining,
    step: InferenceSession,
    evaluation: InferenceSession,
  ) {
    this.#Tensor = onnxruntime.Tensor;
    this.#task = task;
    this.#compiled = compiled;
    this.#step = step;
    this.#evaluation = evaluation;
    const first = initialParameters(compiled.parameters, task.seed);
    const size = first.trainable.length;
    const vectors = { weights: first.trainable, m: new Float32Array(size), v: new Float32Array(size) };
    this.#vectors = this.#asTensors(first.fixed.length > 0 ? { ...vectors, fixed: first.fixed } : vectors);
  }

  async train(batch: Samples, learningRate: number, step: number) {
    const Tensor = this.#Tensor;
    const feeds: Record<string, OrtTensor> = {
      ...this.#data(batch),
      ...this.#vectors,
      learning_rate: new Tensor('float32', Float32Array.of(learningRate), []),
      step: new Tensor('float32', Float32Array.of(step), []),
    };
    for (const [i, { name, shape }] of this.#compiled.randoms.entries()) {
      const dims = [batch.count, ...(shape.slice(1) as number[])];
      const numbers = this.#numbers(
        i,
        dims.reduce((a, b) => a * b, 1),
      );
      stream(this.#task.seed, 'dropout', step, i).fill(numbers);
      feeds[name] = new Tensor('float32', numbers, dims);
    }
    const { loss, measure, ...next } = await this.#step.run(feeds);
    for (const name of Object.keys(this.#vectors)) {
      const tensor = next[`next_${name}`];
      if (tensor) this.#vectors[name] = tensor;
    }
    return { loss: scalar(loss), measure: scalar(measure) };
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
    await Promise.all([this.#step.release(), this.#evaluation.release()]);
  }

  #asTensors(vectors: Record<string, Float32Array>): Record<string, OrtTensor> {
    return Object.fromEntries(
      Object.entries(vectors).map(([name, data]) => [name, new this.#Tensor('float32', data, [data.length])]),
    );
  }

  #data({ x, y, count }: Samples): Record<string, OrtTensor> {
    const Tensor = this.#Tensor;
    const [, ...shape] = this.#compiled.inputShape as number[];
    const dims = [count, ...shape];
    return {
      x: x instanceof Uint8Array ? new Tensor('uint8', x, dims) : new Tensor('float32', x, dims),
      y:
        y instanceof Int32Array ? new Tensor('int32', y, [count]) : new Tensor('float32', y, [count, y.length / count]),
    };
  }

  /** The same memory at each step; the last, smaller batch uses its beginning. */
  #numbers(index: number, size: number): Float32Array {
    const kept = this.#randoms[index];
    const buffer = kept && kept.length >= size ? kept : new Float32Array(size);
    this.#randoms[index] = buffer;
    return buffer.subarray(0, size);
  }
}

function scalar(tensor: OrtTensor | undefined): number {
  return (tensor as OrtTensor).data[0] as number;
}
