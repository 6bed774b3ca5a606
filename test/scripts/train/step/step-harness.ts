import { loadOnnxruntime } from '@freezeframe/inference';
import type { KerasModel } from '../../../../scripts/keras/model.ts';
import { sequential } from '../../../../scripts/train/architectures/architecture.ts';
import type { Samples } from '../../../../scripts/train/batches/batches.ts';
import {
  initialParameters,
  type ParameterLayout,
  type Slot,
  toTensors,
} from '../../../../scripts/train/step/parameters.ts';
import {
  type CompiledTraining,
  compileTraining,
  type TrainingSpec,
} from '../../../../scripts/train/step/training-step.ts';
import { layers, core as tf } from '../../../tensorflow-js/tensorflow.ts';

export type Vectors = Record<string, Float32Array>;
type Entry = Parameters<typeof sequential>[2][number];

export const model = (inputShape: readonly number[], entries: readonly Entry[]): KerasModel['config'] =>
  sequential('model', inputShape, entries);

/** A compiled step that takes and gives plain arrays. */
export async function openStep(spec: TrainingSpec) {
  const { InferenceSession, Tensor } = await loadOnnxruntime();
  const compiled = compileTraining(spec);
  const session = await InferenceSession.create(compiled.step, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  return {
    compiled,
    async run(
      batch: Samples,
      vectors: Vectors,
      options: { learningRate?: number; step?: number; random?: number } = {},
    ) {
      const { learningRate = 0.001, step = 1, random = 0.5 } = options;
      const shape = [batch.count, ...(compiled.inputShape.slice(1) as number[])];
      const feeds: Record<string, InstanceType<typeof Tensor>> = {
        x: batch.x instanceof Uint8Array ? new Tensor('uint8', batch.x, shape) : new Tensor('float32', batch.x, shape),
        y:
          batch.y instanceof Int32Array
            ? new Tensor('int32', batch.y, [batch.count])
            : new Tensor('float32', batch.y, [batch.count, batch.y.length / batch.count]),
        learning_rate: new Tensor('float32', [learningRate], []),
        step: new Tensor('float32', [step], []),
      };
      for (const [name, data] of Object.entries(vectors)) feeds[name] = new Tensor('float32', data, [data.length]);
      for (const { name, shape: dims } of compiled.randoms) {
        const whole = [batch.count, ...(dims.slice(1) as number[])];
        const data = new Float32Array(whole.reduce((a, b) => a * b, 1)).fill(random);
        feeds[name] = new Tensor('float32', data, whole);
      }
      const answers = await session.run(feeds);
      return Object.fromEntries(Object.entries(answers).map(([name, { data }]) => [name, data as Float32Array]));
    },
  };
}

/** First weights, and moments of zero. */
export function firstVectors({ parameters }: CompiledTraining, seed = 1): Vectors {
  const { trainable, fixed } = initialParameters(parameters, seed);
  const zeros = () => new Float32Array(trainable.length);
  return { weights: trainable, m: zeros(), v: zeros(), ...(fixed.length > 0 ? { fixed } : {}) };
}

/**
 * Loss and gradients of the same model by TensorFlow.js, all weights end to end. After the first step of Adam, m is a
 * tenth of the gradient: that is what they are compared with.
 */
export async function referenceGradients(
  spec: TrainingSpec,
  parameters: ParameterLayout,
  batch: Samples,
  seed = 1,
): Promise<{ loss: number; gradient: Float32Array }> {
  const reference = await layers.models.modelFromJSON({ modelTopology: spec.config } as never);
  const first = toTensors(parameters, initialParameters(parameters, seed));
  const variables = new Map<string, tf.Variable>();
  for (const layer of reference.layers) {
    for (const weight of layer.weights) {
      const key = `${layer.name}/${weight.originalName.split('/').at(-1)}`;
      const { shape, data } = first.get(key) as { shape: readonly number[]; data: Float32Array };
      weight.write(tf.tensor(data, [...shape]));
      variables.set(key, weight.read() as tf.Variable);
    }
  }
  const shape = [batch.count, ...((reference.inputs[0] as layers.SymbolicTensor).shape.slice(1) as number[])];
  const raw = tf.tensor(Float32Array.from(batch.x), shape);
  const x = spec.input.kind === 'pixels' ? tf.add(tf.mul(raw, [...spec.input.scale]), [...spec.input.offset]) : raw;
  const trained = parameters.trainable.map(({ key }) => variables.get(key) as tf.Variable);
  const { value, grads } = tf.variableGrads(() => {
    const answer = reference.apply(x, { training: true }) as tf.Tensor;
    if (spec.loss === 'mean_squared_error') return tf.losses.meanSquaredError(tf.tensor(batch.y, answer.shape), answer);
    const outputs = answer.shape.at(-1) as number;
    const wanted =
      outputs === 1 ? tf.tensor(batch.y, [batch.count, 1]) : tf.oneHot(tf.tensor1d(batch.y, 'int32'), outputs);
    const share =
      outputs === 1 ? tf.where(tf.greater(wanted, 0.5), answer, tf.sub(1, answer)) : tf.sum(tf.mul(wanted, answer), -1);
    return tf.neg(tf.mean(tf.log(share))) as tf.Scalar;
  }, trained);
  const gradient = new Float32Array(parameters.trainable.reduce((sum, { size }) => sum + size, 0));
  for (const [i, slot] of parameters.trainable.entries()) {
    gradient.set(await (grads[(trained[i] as tf.Variable).name] as tf.Tensor).data(), (slot as Slot).offset);
  }
  return { loss: (await value.data())[0] as number, gradient };
}
