import { expected, FreezeframeError } from '@freezeframe/inference';
import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import type { Tensor } from '#keras';
import type { Samples } from '../batches/batches.ts';
import { initialParameters, layOut, toTensors } from '../step/parameters.ts';
import { planTraining } from '../step/plan.ts';
import type { BatchResult, Trainer, TrainingTask } from './backend.ts';

/** TensorFlow.js as `@tensorflow/tfjs-node` exports it: core and layers in one. */
export type Tensorflow = Pick<
  typeof core,
  'train' | 'tensor' | 'tensor1d' | 'tidy' | 'dispose' | 'oneHot' | 'cast' | 'mul' | 'add'
> &
  Pick<typeof layers, 'models'>;

/**
 * Trains with TensorFlow.js's layers, on whichever of its engines is active. Dropout draws from `Math.random`: two runs
 * with one seed begin with the same weights and see the same batches, but do not end with the same bits.
 */
export async function openTensorflow(tf: Tensorflow, task: TrainingTask): Promise<Trainer> {
  // The config is plain JSON; TensorFlow.js's type knows only what its own writer makes.
  const topology = { modelTopology: task.config } as unknown as Parameters<typeof layers.models.modelFromJSON>[0];
  const model = await tf.models.modelFromJSON(topology);
  const outputs = model.outputs[0]?.shape.at(-1) as number;
  // Keras's epsilon; the default here is the backend's.
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-7);
  model.compile({
    optimizer,
    loss:
      task.loss === 'mean_squared_error'
        ? 'meanSquaredError'
        : outputs === 1
          ? 'binaryCrossentropy'
          : 'categoricalCrossentropy',
    metrics: [task.loss === 'mean_squared_error' ? 'mae' : 'accuracy'],
  });
  const trainer = new TensorflowTrainer(tf, model, optimizer, task, outputs);
  trainer.initialize();
  return trainer;
}

class TensorflowTrainer implements Trainer {
  readonly #tf: Tensorflow;
  readonly #model: layers.LayersModel;
  readonly #optimizer: core.AdamOptimizer;
  readonly #task: TrainingTask;
  readonly #outputs: number;

  constructor(
    tf: Tensorflow,
    model: layers.LayersModel,
    optimizer: core.AdamOptimizer,
    task: TrainingTask,
    outputs: number,
  ) {
    this.#tf = tf;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#task = task;
    this.#outputs = outputs;
  }

  /** The same first weights as every other backend has for this seed. */
  initialize(): void {
    const layout = layOut(planTraining(this.#task.config, this.#task.loss).weights);
    const first = toTensors(layout, initialParameters(layout, this.#task.seed));
    for (const { key, weight } of this.#variables()) this.#write(weight, (first.get(key) as Tensor).data);
  }

  async train(batch: Samples, learningRate: number): Promise<BatchResult> {
    // The property is protected in the types alone; there is no other way to a schedule.
    (this.#optimizer as unknown as { learningRate: number }).learningRate = learningRate;
    const [x, y] = [this.#input(batch), this.#target(batch)];
    const [loss, metric] = (await this.#model.trainOnBatch(x, y)) as number[];
    this.#tf.dispose([x, y]);
    const answers = this.#task.loss === 'mean_squared_error' ? batch.count * this.#outputs : batch.count;
    return { loss: loss as number, measure: (metric as number) * answers };
  }

  async evaluate(batch: Samples) {
    const x = this.#input(batch);
    const answer = this.#model.predictOnBatch(x) as core.Tensor;
    const outputs = (await answer.data()) as Float32Array;
    this.#tf.dispose([x, answer]);
    return { ...measure(outputs, batch, this.#task), outputs };
  }

  async weights(): Promise<Map<string, Tensor>> {
    const result = new Map<string, Tensor>();
    for (const { key, weight } of this.#variables()) {
      result.set(key, { shape: weight.shape as number[], data: (await weight.read().data()) as Float32Array });
    }
    return result;
  }

  async answering() {
    return new Map([...(await this.weights())].map(([key, { data }]) => [`weight ${key}`, data as Float32Array]));
  }

  async state() {
    const state = await this.answering();
    for (const { name, tensor } of await this.#optimizer.getWeights()) {
      state.set(`optimizer ${name}`, Float32Array.from(await tensor.data()));
    }
    return state;
  }

  async restore(state: ReadonlyMap<string, Float32Array>) {
    const variables = this.#variables();
    for (const { key, weight } of variables) {
      const data = state.get(`weight ${key}`);
      if (data?.length !== weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1)) {
        throw new FreezeframeError('checkpoint-mismatch', expected('its numbers', `weight ${key}`, data?.length), {
          remedy: 'The checkpoint is of another model or backend: train again without --resume.',
        });
      }
      this.#write(weight, data);
    }
    const moments = [...state].filter(([name]) => name.startsWith('optimizer '));
    if (moments.length > 0) await this.#optimizer.setWeights(this.#momentsOf(moments));
  }

  async close() {
    this.#model.dispose();
  }

  /** Adam keeps `iter`, then one moment of each kind for every trained weight, in their order. */
  #momentsOf(moments: readonly (readonly [string, Float32Array])[]): { name: string; tensor: core.Tensor }[] {
    const shapes = this.#variables()
      .filter(({ weight }) => weight.trainable)
      .map(({ weight }) => weight.shape as number[]);
    return moments.map(([id, data], i) => {
      const name = id.slice('optimizer '.length);
      if (i === 0) return { name, tensor: this.#tf.tensor(data, [], 'int32') };
      return { name, tensor: this.#tf.tensor(data, shapes[(i - 1) % shapes.length] as number[]) };
    });
  }

  #variables() {
    return this.#model.layers.flatMap((layer) =>
      layer.weights.map((weight) => {
        const name = weight.originalName.split('/').at(-1) as string;
        return { key: `${layer.name}/${name}`, weight };
      }),
    );
  }

  #write(weight: layers.LayerVariable, data: Float32Array): void {
    const values = this.#tf.tensor(data, weight.shape as number[]);
    weight.write(values);
    values.dispose();
  }

  #input({ x, count }: Samples): core.Tensor {
    const shape = [count, ...((this.#model.inputs[0]?.shape.slice(1) ?? []) as number[])];
    const { input } = this.#task;
    if (input.kind === 'floats') return this.#tf.tensor(x, shape, 'float32');
    return this.#tf.tidy(() => {
      const pixels = this.#tf.tensor(Float32Array.from(x), shape);
      return this.#tf.add(this.#tf.mul(pixels, [...input.scale]), [...input.offset]);
    });
  }

  #target({ y, count }: Samples): core.Tensor {
    const wide = this.#task.loss === 'crossentropy' && this.#outputs > 1;
    if (!wide) return this.#tf.tensor(Float32Array.from(y), [count, this.#outputs]);
    return this.#tf.tidy(() =>
      this.#tf.cast(this.#tf.oneHot(this.#tf.tensor1d(Int32Array.from(y), 'int32'), this.#outputs), 'float32'),
    );
  }
}

/** Loss and measure of answers that are already there. */
function measure(outputs: Float32Array, { y, count }: Samples, task: TrainingTask): BatchResult {
  const width = outputs.length / count;
  if (task.loss === 'mean_squared_error') {
    let [squares, absolute] = [0, 0];
    for (const [i, output] of outputs.entries()) {
      const error = output - (y[i] as number);
      squares += error * error;
      absolute += Math.abs(error);
    }
    return { loss: squares / outputs.length, measure: absolute };
  }
  let [loss, right] = [0, 0];
  for (let i = 0; i < count; i++) {
    const shares = outputs.subarray(i * width, (i + 1) * width);
    const wanted = y[i] as number;
    const share =
      width > 1 ? (shares[wanted] as number) : wanted === 1 ? (shares[0] as number) : 1 - (shares[0] as number);
    loss -= Math.log(Math.max(share, 1e-7));
    const best = width > 1 ? shares.indexOf(Math.max(...shares)) : (shares[0] as number) > 0.5 ? 1 : 0;
    if (best === wanted) right++;
  }
  return { loss: loss / count, measure: right };
}
