import { loadOnnxruntime } from '@freezeframe/inference';
import type { LayerDefinition } from '../../../../scripts/convert/keras/layer.ts';
import type { LayerConfig, Shape, Tensor } from '../../../../scripts/keras/model.ts';
import { GraphBuilder, type Layout, type Value } from '../../../../scripts/onnx/graph.ts';
import { stream } from '../../../../scripts/system/random.ts';
import type { GradientRule } from '../../../../scripts/train/gradients/rule.ts';
import { layOut, type ParameterLayout, totalSize } from '../../../../scripts/train/step/parameters.ts';
import { StepContext, WeightViews } from '../../../../scripts/train/step/step-context.ts';

/** One layer as a training step would run it: forward, and the gradients for a given gradient of its output. */
export interface LayerRun {
  readonly parameters: ParameterLayout;
  readonly outputShape: Shape;
  run(given: LayerGiven): Promise<LayerAnswer>;
}

export interface LayerGiven {
  readonly inputs: readonly Tensor[];
  /** Weights by their names. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Gradient of the output. */
  readonly gradient: Float32Array;
  /** Seed of what the layer draws. */
  readonly seed: number;
}

export interface LayerAnswer {
  readonly output: Float32Array;
  readonly inputs: readonly Float32Array[];
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** New moving averages. */
  readonly updates: ReadonlyMap<string, Float32Array>;
}

/** A layer and the rule that is tried. */
export interface TrainedLayer {
  readonly definition: LayerDefinition;
  readonly rule: GradientRule;
}

/** @param layout how the inputs lie in memory when they reach the layer */
export async function compileLayer(
  { definition, rule }: TrainedLayer,
  layer: LayerConfig,
  inputShapes: readonly Shape[],
  layout: Layout,
): Promise<LayerRun> {
  const { InferenceSession, Tensor: OrtTensor } = await loadOnnxruntime();
  const config = definition.config.parse(layer.config);
  const specs = definition.weights?.(config, inputShapes) ?? [];
  const parameters = layOut(specs.map((spec) => ({ ...spec, key: `layer/${spec.name}` })));
  const outputShape = definition.outputShape(config, inputShapes);

  const graph = new GraphBuilder();
  const raw = inputShapes.map((shape, i): Value => {
    const name = graph.input(`input_${i}`, 'float32', shape);
    return { name, shape, datatype: 'float32', layout: 'channels-last' };
  });
  const inputs = raw.map((value) => graph.toLayout(value, layout));
  const views = new WeightViews(graph);
  for (const name of ['trainable', 'fixed'] as const) {
    if (parameters[name].length === 0) continue;
    graph.input(name, 'float32', [totalSize(parameters[name])]);
    views.add(name, parameters[name]);
  }
  const batchSize = graph.op('Shape', [(raw[0] as Value).name], { start: 0, end: 1 });
  const step = new StepContext(graph, batchSize, views);
  const context = step.forLayer({ path: 'layer' });
  const pass = rule.forward?.(context, config, inputs, true) ?? {
    output: definition.emit(context, config, inputs),
    saved: {},
  };
  graph.input('gradient', 'float32', outputShape);
  const gradient = { name: 'gradient', shape: outputShape, datatype: 'float32', layout: 'channels-last' } as const;
  const moved = graph.toLayout(gradient, pass.output.layout);
  const back = rule.backward(context, config, { inputs, ...pass }, moved, true);

  const publish = (name: string, value: string, dims: Shape) => {
    graph.node('Identity', [value], [name]);
    graph.output(name, 'float32', dims);
  };
  publish('output', graph.toLayout(pass.output, 'channels-last').name, outputShape);
  for (const [i, value] of back.inputs.entries()) {
    if (value.layout !== (inputs[i] as Value).layout) throw new Error('a gradient lies otherwise than its input');
    publish(`d_input_${i}`, graph.toLayout(value, 'channels-last').name, inputShapes[i] as Shape);
  }
  for (const slot of parameters.trainable) {
    const name = slot.key.slice('layer/'.length);
    publish(`d_${name}`, back.weights[name] as string, slot.shape);
  }
  for (const [key, value] of step.updates) publish(`next_${key}`, value, [null]);
  const session = await InferenceSession.create(graph.build(), { intraOpNumThreads: 1, logSeverityLevel: 3 });

  return {
    parameters,
    outputShape,
    async run(given) {
      const batch = (given.inputs[0] as Tensor).shape[0] as number;
      const feeds: Record<string, InstanceType<typeof OrtTensor>> = {};
      const feed = (name: string, data: Float32Array, dims: readonly number[]) => {
        feeds[name] = new OrtTensor('float32', data, [...dims]);
      };
      for (const [i, { shape, data }] of given.inputs.entries()) feed(`input_${i}`, data, shape);
      for (const vector of ['trainable', 'fixed'] as const) {
        const slots = parameters[vector];
        if (slots.length === 0) continue;
        const data = new Float32Array(totalSize(slots));
        for (const slot of slots) data.set((given.weights.get(slot.key.slice(6)) as Tensor).data, slot.offset);
        feed(vector, data, [data.length]);
      }
      feed('gradient', given.gradient, [batch, ...(outputShape.slice(1) as number[])]);
      for (const [i, { name, shape }] of step.randoms.entries()) {
        const dims = [batch, ...(shape.slice(1) as number[])];
        const numbers = new Float32Array(dims.reduce((a, b) => a * b, 1));
        stream(given.seed, 'test', i).fill(numbers);
        feed(name, numbers, dims);
      }
      const known = new Set(session.inputNames);
      for (const name of Object.keys(feeds)) if (!known.has(name)) delete feeds[name];
      const answers = await session.run(feeds);
      const data = (name: string) => (answers[name] as { data: Float32Array }).data;
      return {
        output: data('output'),
        inputs: back.inputs.map((_, i) => data(`d_input_${i}`)),
        weights: new Map(parameters.trainable.map(({ key }) => [key.slice(6), data(`d_${key.slice(6)}`)])),
        updates: new Map([...step.updates.keys()].map((key) => [key.slice(6), data(`next_${key}`)])),
      };
    },
  };
}

/** Numbers in [-1, 1) that have nothing in common with zero or with each other. */
export function numbers(count: number, seed: number): Float32Array {
  const random = stream(seed, 'numbers');
  return Float32Array.from({ length: count }, () => random.between(-1, 1));
}

/** The largest difference, as a share of the largest number that was expected. */
export function relativeDifference(actual: Float32Array, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 1e-6];
  for (let i = 0; i < actual.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] as number) - (wanted[i] as number)));
    largest = Math.max(largest, Math.abs(wanted[i] as number));
  }
  // A NaN anywhere must not pass as "no difference".
  return actual.every(Number.isFinite) ? difference / largest : Number.POSITIVE_INFINITY;
}
