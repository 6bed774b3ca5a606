import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerDefinition } from '../../../../scripts/convert/keras/layer.ts';
import { findLayer, LAYERS } from '../../../../scripts/convert/keras/layers/index.ts';
import type { Tensor } from '../../../../scripts/keras/model.ts';
import type { Layout } from '../../../../scripts/onnx/graph.ts';
import { GRADIENT_RULES, ruleOf } from '../../../../scripts/train/gradients/index.ts';
import type { GradientRule } from '../../../../scripts/train/gradients/rule.ts';
import { layers, core as tf } from '../../../tensorflow-js/tensorflow.ts';
import { CASES, type GradientCase } from './cases.ts';
import {
  compileLayer,
  type LayerAnswer,
  type LayerGiven,
  type LayerRun,
  numbers,
  relativeDifference,
  type TrainedLayer,
} from './layer-gradient.ts';

const BATCH = 3;
/** The promise to users (issue: gradients of every trainable layer). */
const TOLERANCE = 1e-4;
/** Central differences of float32 answers: half their digits. */
const DIFFERENCE_TOLERANCE = 5e-3;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const LAYOUTS: readonly Layout[] = ['channels-last', 'channels-first'];

describe.each(
  CASES.map(
    (test) => [`${test.className} ${JSON.stringify(test.config)} on ${JSON.stringify(test.inputs)}`, test] as const,
  ),
)('%s', (_, test) => {
  it.each(LAYOUTS)('has the gradients of TensorFlow.js and of finite differences (%s)', async (layout) => {
    const layer = trainedLayer(test.className);
    const { run, given, answer } = await answerOf(layer, test, layout);
    if (!test.noReference) expect(await largestDifference(test, given, answer)).toBeLessThanOrEqual(TOLERANCE);
    expect(await differenceAlongALine(run, given, answer)).toBeLessThanOrEqual(DIFFERENCE_TOLERANCE);
  });
});

describe('the gate', () => {
  it('holds a case for every layer that can be trained', () => {
    const trained = Object.keys(GRADIENT_RULES);
    const tested = new Set(CASES.map((test) => test.className));
    expect(trained.filter((name) => !tested.has(name))).toEqual([]);
    expect(trained.length).toBeGreaterThan(15);
  });

  it('asks TensorFlow.js about every layer that has weights', () => {
    const withWeights = LAYERS.filter((layer: LayerDefinition) => ruleOf(layer) && layer.weights).map(
      (l) => l.className,
    );
    const asked = new Set(CASES.filter((test) => !test.noReference).map((test) => test.className));
    expect(withWeights.filter((name) => !asked.has(name))).toEqual([]);
  });

  it.each([
    ['kernel', 'Conv2D', { filters: 4, kernel_size: [3, 3] }],
    ['bias', 'Conv2D', { filters: 4, kernel_size: [3, 3] }],
    ['input', 'Dense', { units: 3, activation: 'tanh' }],
    ['gamma', 'BatchNormalization', {}],
  ] as const)('goes red when the rule for the %s of %s is off by a thousandth', async (what, className, config) => {
    const wrong = spoiled(trainedLayer(className), what);
    const test = { className, config, inputs: [[6, 5, 3]] };
    const { given, answer } = await answerOf(wrong, test, 'channels-last');
    expect(await largestDifference(test, given, answer)).toBeGreaterThan(TOLERANCE);
    // Finite differences are coarser: they see a wrong sign or a forgotten term.
    const coarse = await answerOf(spoiled(trainedLayer(className), what, -1), test, 'channels-last');
    expect(await differenceAlongALine(coarse.run, coarse.given, coarse.answer)).toBeGreaterThan(DIFFERENCE_TOLERANCE);
  });
});

describe('moving averages', () => {
  it('move as those of TensorFlow.js', async () => {
    const test = { className: 'BatchNormalization', config: { momentum: 0.9 }, inputs: [[6, 5, 3]] };
    const { given, answer } = await answerOf(trainedLayer(test.className), test, 'channels-last');
    const layer = await referenceLayer(test, given);
    layer.apply(inputsOf(given), { training: true });
    for (const [name, weight] of weightsOf(layer)) {
      const moved = answer.updates.get(name);
      if (moved) expect(relativeDifference(moved, await weight.read().data())).toBeLessThanOrEqual(TOLERANCE);
    }
    expect([...answer.updates.keys()]).toEqual(['moving_mean', 'moving_variance']);
  });
});

function trainedLayer(className: string): TrainedLayer {
  const definition = findLayer(className) as LayerDefinition;
  return { definition, rule: ruleOf(definition) as GradientRule };
}

/** A layer whose rule answers one gradient a little wrong. */
function spoiled({ definition, rule }: TrainedLayer, what: string, factor = 1.001): TrainedLayer {
  const backward: GradientRule['backward'] = (context, ...rest) => {
    const right = rule.backward(context, ...rest);
    const wrong = (name: string) => context.graph.op('Mul', [name, context.graph.float(factor)]);
    if (what === 'input') return { ...right, inputs: right.inputs.map((v) => ({ ...v, name: wrong(v.name) })) };
    return { ...right, weights: { ...right.weights, [what]: wrong(right.weights[what] as string) } };
  };
  return { definition, rule: { ...rule, backward } };
}

async function answerOf(layer: TrainedLayer, test: GradientCase, layout: Layout) {
  const config = { class_name: test.className, config: test.config };
  const run = await compileLayer(
    layer,
    config,
    test.inputs.map((shape) => [null, ...shape]),
    layout,
  );
  const size = (shape: readonly (number | null)[]) => shape.reduce<number>((n, s) => n * (s ?? BATCH), 1);
  const inputs = test.inputs.map((shape, i): Tensor => {
    const whole = [BATCH, ...(shape as number[])];
    return { shape: whole, data: numbers(size(whole), i + 1) };
  });
  const weights = new Map<string, Tensor>();
  for (const [i, { key, shape }] of [...run.parameters.trainable, ...run.parameters.fixed].entries()) {
    // Not only a moving variance must be positive: none of these numbers is near zero.
    weights.set(key.slice('layer/'.length), { shape, data: numbers(size(shape), 50 + i).map((x) => x * 0.5 + 0.7) });
  }
  const given = { inputs, weights, gradient: numbers(size(run.outputShape), 99), seed: 7 };
  return { run, given, answer: await run.run(given) };
}

function inputsOf(given: LayerGiven): tf.Tensor[] {
  return given.inputs.map(({ shape, data }) => tf.tensor(data, [...shape]));
}

function weightsOf(layer: layers.layers.Layer) {
  return layer.weights.map((weight) => [weight.originalName.split('/').at(-1) as string, weight] as const);
}

/** The same layer in TensorFlow.js, with the same weights. */
async function referenceLayer(test: GradientCase, given: LayerGiven): Promise<layers.layers.Layer> {
  const inputs = test.inputs.map((shape, i) => layers.input({ shape: shape as number[], name: `reference_${i}` }));
  const layerClass = test.className === 'InputLayer' ? 'Activation' : test.className;
  const config = test.className === 'InputLayer' ? { activation: 'linear' } : test.config;
  // A model of one layer is how TensorFlow.js reads Python's spelling of options.
  const topology = {
    class_name: 'Sequential',
    config: { name: 'one', layers: [{ class_name: layerClass, config: { name: 'layer', ...config, ...only(test) } }] },
  };
  if (inputs.length > 1) {
    const make = test.className === 'Add' ? layers.layers.add : layers.layers.concatenate;
    const layer = make({ ...test.config } as Parameters<typeof make>[0]);
    layer.apply(inputs);
    return layer;
  }
  const model = await layers.models.modelFromJSON({ modelTopology: topology } as never);
  const layer = model.layers.at(-1) as layers.layers.Layer;
  for (const [name, weight] of weightsOf(layer)) {
    const { shape, data } = given.weights.get(name) as Tensor;
    weight.write(tf.tensor(data, [...shape]));
  }
  return layer;
}

function only(test: GradientCase) {
  return { batch_input_shape: [null, ...(test.inputs[0] as number[])] };
}

/** The largest relative difference of output and all gradients from TensorFlow.js's own. */
async function largestDifference(test: GradientCase, given: LayerGiven, answer: LayerAnswer): Promise<number> {
  const layer = await referenceLayer(test, given);
  const inputs = inputsOf(given);
  const apply = (xs: tf.Tensor[]) =>
    layer.apply(xs.length === 1 ? (xs[0] as tf.Tensor) : xs, { training: true }) as tf.Tensor;
  const output = apply(inputs);
  const seed = tf.tensor(given.gradient, output.shape);
  const differences = [relativeDifference(answer.output, await output.data())];
  const byInputs = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(apply(xs), seed)))(inputs);
  for (const [i, gradient] of byInputs.entries()) {
    differences.push(relativeDifference(answer.inputs[i] as Float32Array, await gradient.data()));
  }
  const trained = weightsOf(layer).filter(([, weight]) => weight.trainable);
  if (trained.length > 0) {
    const variables = trained.map(([, weight]) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(apply(inputs), seed)) as tf.Scalar, variables);
    for (const [i, [name]] of trained.entries()) {
      const gradient = grads[(variables[i] as tf.Variable).name] as tf.Tensor;
      differences.push(relativeDifference(answer.weights.get(name) as Float32Array, await gradient.data()));
    }
  }
  return Math.max(...differences);
}

/**
 * Moves all inputs and weights a little along random directions, and compares the change of sum(output * gradient) with
 * what the gradients promise, as a share of the largest change possible.
 */
async function differenceAlongALine(run: LayerRun, given: LayerGiven, answer: LayerAnswer): Promise<number> {
  const step = 1e-3;
  const worst: number[] = [];
  const parts = [
    ...answer.inputs.map((gradient, i) => ({
      gradient,
      move: (by: Float32Array) => ({ ...given, inputs: given.inputs.map((x, k) => (k === i ? moved(x, by) : x)) }),
    })),
    ...[...answer.weights].map(([name, gradient]) => ({
      gradient,
      move: (by: Float32Array) => ({
        ...given,
        weights: new Map(given.weights).set(name, moved(given.weights.get(name) as Tensor, by)),
      }),
    })),
  ];
  for (const [i, { gradient, move }] of parts.entries()) {
    const direction = numbers(gradient.length, 200 + i);
    const scaled = (factor: number) => direction.map((d) => d * factor);
    const value = async (factor: number) => dot((await run.run(move(scaled(factor)))).output, given.gradient);
    const measured = ((await value(step)) - (await value(-step))) / (2 * step);
    const length = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
    worst.push(Math.abs(measured - dot(gradient, direction)) / Math.max(length, 1e-3));
  }
  return Math.max(...worst);
}

function moved({ shape, data }: Tensor, by: Float32Array): Tensor {
  return { shape, data: data.map((x, i) => x + (by[i] as number)) };
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
