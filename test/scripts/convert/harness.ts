import { createEngine, type TensorData } from '@freezeframe/inference';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import { planLayers, weightSpecs } from '../../../scripts/convert/plan/plan.ts';
import type { KerasModel, Shape, Tensor } from '../../../scripts/keras/model.ts';
import type { ReferenceTensor } from '../../../scripts/reference/reference-tensor.ts';
import { tensorflowAnswers } from '../../tensorflow-js/layers.ts';

/** One layer (or several in a row), converted and compared with TensorFlow.js. Five lines make a new one. */
export interface LayerCase {
  /** Keras's class name. */
  readonly layer: string;
  /** What is special about it; the title of the test. */
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** One shape per input, without the batch axis. A free axis is `null` and gets the size in `sizes`. */
  readonly inputs: readonly Shape[];
  /** Sizes that free axes have when the case runs, per input. */
  readonly sizes?: readonly (readonly number[])[];
  /** Largest difference allowed: what float32 can lose in this case. */
  readonly tolerance: number;
}

const ROWS = 2;

/** Runs a case and answers the largest difference, and both answers. */
export async function runCase({ layer, config, inputs, sizes }: Omit<LayerCase, 'title' | 'tolerance'>) {
  const model = withSeededWeights(layerModel(layer, config, inputs), 7);
  const shapes = inputs.map((shape, i) => [ROWS, ...(sizes?.[i] ?? (shape as number[]))]);
  const data = shapes.map((shape, i) => ({ shape, data: numbers(size(shape), 11 + i) }));
  return compareWithReference(model, data);
}

/** Converts a model with inputs and outputs as they are, and runs it here and in TensorFlow.js. */
export async function compareWithReference(model: KerasModel, inputs: readonly ReferenceTensor[]) {
  const wanted = await tensorflowAnswers(model, inputs);
  const received = await frozenAnswer(model, inputs);
  return { wanted, received, difference: Math.max(...wanted.map((w, i) => difference(w, received[i] as TensorData))) };
}

export async function frozenAnswer(model: KerasModel, inputs: readonly ReferenceTensor[]): Promise<TensorData[]> {
  const { onnx } = freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx, { threads: 1 });
  try {
    const feeds = engine.inputs.map(({ name }, i): [string, TensorData] => {
      const { shape, data } = inputs[i] as ReferenceTensor;
      return [name, { datatype: 'FP32', shape: [...shape], data: data as Float32Array }];
    });
    const answers = await engine.run(Object.fromEntries(feeds));
    return engine.outputs.map(({ name }) => answers[name] as TensorData);
  } finally {
    await engine.close();
  }
}

/** Largest absolute difference; infinite where shapes differ. */
export function difference(a: { shape: readonly number[]; data: ArrayLike<unknown> }, b: TensorData): number {
  if (String(a.shape) !== String(b.shape)) return Number.POSITIVE_INFINITY;
  return Array.from(a.data).reduce<number>(
    (max, value, i) => Math.max(max, Math.abs((value as number) - Number(b.data[i]))),
    0,
  );
}

/** A Functional model of one layer, in Keras 2's spelling. */
export function layerModel(
  className: string,
  config: Readonly<Record<string, unknown>>,
  inputs: readonly Shape[],
): KerasModel['config'] {
  const names = inputs.map((_, i) => `in_${i}`);
  const tested = {
    class_name: className,
    name: 'tested',
    config: { name: 'tested', ...config },
    inbound_nodes: [names.map((name) => [name, 0, 0, {}])],
  };
  const starts = inputs.map((shape, i) => inputLayer(names[i] as string, shape));
  // An input layer is called by nothing: the model answers what it is given.
  const itself = className === 'InputLayer';
  const layers = itself ? starts : [...starts, tested];
  const input_layers = names.map((name) => [name, 0, 0]);
  return {
    class_name: 'Functional',
    config: { name: 'case', layers, input_layers, output_layers: [[itself ? 'in_0' : 'tested', 0, 0]] },
  };
}

export function inputLayer(name: string, shape: Shape) {
  const config = { name, batch_input_shape: [null, ...shape], dtype: 'float32' };
  return { class_name: 'InputLayer', name, config, inbound_nodes: [] };
}

/** A Sequential model; layers are named after their classes and places. */
export function sequentialModel(
  shape: Shape,
  layers: readonly (readonly [className: string, config: Readonly<Record<string, unknown>>])[],
): KerasModel['config'] {
  const entries = layers.map(([class_name, config], i) => ({
    class_name,
    config: { name: `${class_name.toLowerCase()}_${i}`, ...config },
  }));
  return {
    class_name: 'Sequential',
    config: {
      name: 'case',
      layers: [{ class_name: 'InputLayer', config: inputLayer('in_0', shape).config }, ...entries],
    },
  };
}

/** Seeded weights for every layer of a config; variances are positive. */
export function withSeededWeights(config: KerasModel['config'], seed: number): KerasModel {
  const weights = new Map<string, Tensor>();
  for (const [path, specs] of weightSpecs(planLayers(config))) {
    for (const { name, shape } of specs) {
      const data = numbers(size(shape), seed + weights.size).map((x) =>
        name.includes('variance') ? Math.abs(x) + 0.1 : x,
      );
      weights.set(`${path}/${name}`, { shape, data });
    }
  }
  return { config, weights };
}

/** Numbers in [-1, 1), the same for the same seed. */
export function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    // xorshift32: enough for test data.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

export function size(shape: readonly number[]): number {
  return shape.reduce((n, axis) => n * axis, 1);
}
