import { expected, FreezeframeError } from '@freezeframe/inference';
import type { KerasModel, Shape } from '#keras';
import { GraphBuilder, type Value } from '#onnx';
import { joined } from '../gradients/parts.ts';
import { emitAdam } from './adam.ts';
import { GradientSums, sumOfRows } from './gradient-sums.ts';
import { type EmittedLoss, emitLoss, type LossName } from './losses.ts';
import { layOut, type ParameterLayout, type Slot, totalSize } from './parameters.ts';
import { type PlannedLayer, planTraining, type TrainingPlan } from './plan.ts';
import { StepContext, WeightViews } from './step-context.ts';

/** What a model is fed while it trains. */
export type TrainingInput =
  /** uint8 pixels `[batch, height, width, channels]`; the model sees pixel * scale + offset, one of each per channel. */
  | { readonly kind: 'pixels'; readonly scale: readonly number[]; readonly offset: readonly number[] }
  /** float32 as the model takes it. */
  | { readonly kind: 'floats' };

export interface TrainingSpec {
  readonly config: KerasModel['config'];
  readonly input: TrainingInput;
  readonly loss: LossName;
}

/** Two graphs, and what they are fed with. */
export interface CompiledTraining {
  /**
   * One training step. In: `x`, `y` (int32 `[batch]` classes or float32 `[batch, outputs]`), the `randoms`,
   * `learning_rate`, `step` (float32 scalars, the first step is 1), `weights`, `m`, `v`, `fixed` (float32 vectors). Out:
   * `loss`, `measure` and `next_weights`, `next_m`, `next_v`, `next_fixed`.
   */
  readonly step: Uint8Array;
  /** The model as it answers, with the same weights. In: `x`, `y`, `weights`, `fixed`. Out: `loss`, `measure`, `outputs`. */
  readonly evaluation: Uint8Array;
  readonly parameters: ParameterLayout;
  /** Of `x`: Keras's order, batch axis null. */
  readonly inputShape: Shape;
  /** Inputs that want fresh numbers, uniform in [0, 1), at each step; the first axis is the batch. */
  readonly randoms: readonly { readonly name: string; readonly shape: Shape }[];
  /** The same step in two graphs, for batches that are worth being shared by threads. */
  readonly parts?: StepParts;
  /** Whether the step answers `next_fixed` (a model without moving averages has none). */
  readonly updatesFixed: boolean;
}

/**
 * A step whose batch is cut into parts. All cores on one operator after the other wait for each other 160 times a step;
 * a part to each of them, they wait once.
 */
export interface StepParts {
  /** In: `x`, `y`, the `randoms`, `weights`, `share` (one over the whole batch's samples). Out: `loss`, `measure`, `gradient`. */
  readonly gradient: Uint8Array;
  /** In: `gradients` (one row for each part), `learning_rate`, `step`, `weights`, `m`, `v`. Out: `next_*`. */
  readonly update: Uint8Array;
  readonly randoms: CompiledTraining['randoms'];
  /** Samples of one part. */
  readonly size: number;
}

/**
 * What the largest value of a part may take. Larger parts have less to do over and over, smaller ones are shared more evenly
 * and by more cores: on two, `large-cnn` takes 10 % less time for a step in parts of 50 pictures of MNIST than of 25.
 */
const PART_BYTES = 3.5 * 2 ** 20;
/** Numbers of neighbouring pictures are moved together: below this, moving takes longer than computing. */
const FEWEST_SAMPLES = 8;

/**
 * Compiles a Keras config with one input and one output to a training step, the whole of it one graph, and an evaluation.
 * @throws FreezeframeError `unsupported-layer`, `unsupported-training`, `bad-topology`
 */
export function compileTraining(spec: TrainingSpec): CompiledTraining {
  const plan = planTraining(spec.config, spec.loss);
  const parameters = layOut(plan.weights);
  const step = compileStep(spec, plan, parameters);
  // Normalisation looks at the whole batch: such a step cannot be cut.
  const parts = step.updatesFixed ? undefined : compileParts(spec, plan, parameters);
  return {
    ...step,
    ...(parts ? { parts } : {}),
    evaluation: compileEvaluation(spec, plan, parameters),
    parameters,
    inputShape: plan.inputShape,
  };
}

function compileStep(spec: TrainingSpec, plan: TrainingPlan, parameters: ParameterLayout) {
  const graph = new GraphBuilder();
  const { x, batchSize, target } = declareData(graph, spec, plan);
  const size = totalSize(parameters.trainable);
  graph.input('weights', 'float32', [size]);
  const views = declareWeights(graph, parameters);
  const step = new StepContext(graph, batchSize, views);
  const { loss, gradient } = passThrough({
    graph,
    spec,
    plan,
    parameters,
    step,
    x,
    target,
    share: shareOf(graph, batchSize),
  });
  declareLoss(graph, loss);
  declareAdam(graph, gradient, size);
  if (step.updates.size > 0) {
    const next = vectorOf(graph, parameters.fixed, (slot) => step.updates.get(slot.key) ?? views.vector(slot.key));
    publish(graph, next, 'next_fixed', [totalSize(parameters.fixed)]);
  }
  return { step: graph.build('training-step'), randoms: step.randoms, updatesFixed: step.updates.size > 0 };
}

function compileParts(spec: TrainingSpec, plan: TrainingPlan, parameters: ParameterLayout): StepParts {
  const graph = new GraphBuilder();
  const { x, batchSize, target } = declareData(graph, spec, plan);
  const size = totalSize(parameters.trainable);
  graph.input('weights', 'float32', [size]);
  const share = graph.input('share', 'float32', [1]);
  const step = new StepContext(graph, batchSize, declareWeights(graph, parameters));
  const { loss, gradient } = passThrough({ graph, spec, plan, parameters, step, x, target, share });
  declareLoss(graph, loss);
  publish(graph, gradient, 'gradient', [size]);
  return {
    gradient: graph.build('gradient'),
    update: compileUpdate(size),
    randoms: step.randoms,
    size: Math.max(FEWEST_SAMPLES, Math.floor(PART_BYTES / (4 * plan.largest))),
  };
}

function compileUpdate(size: number): Uint8Array {
  const graph = new GraphBuilder();
  const gradients = graph.input('gradients', 'float32', [null, size]);
  graph.input('weights', 'float32', [size]);
  declareAdam(graph, sumOfRows(graph, gradients), size);
  return graph.build('update');
}

/** Adam with its inputs (`weights` is there) and its outputs. */
function declareAdam(graph: GraphBuilder, gradient: string, size: number): void {
  const scalar = (name: string) => graph.input(name, 'float32', []);
  const vector = (name: string) => graph.input(name, 'float32', [size]);
  const moved = emitAdam(graph, {
    gradient,
    weights: 'weights',
    m: vector('m'),
    v: vector('v'),
    learningRate: scalar('learning_rate'),
    step: scalar('step'),
  });
  for (const [name, value] of Object.entries(moved)) publish(graph, value, `next_${name}`, [size]);
}

function shareOf(graph: GraphBuilder, batchSize: string): string {
  return graph.op('Reciprocal', [graph.op('Cast', [batchSize], { to: 1 })]);
}

interface Pass {
  readonly graph: GraphBuilder;
  readonly spec: TrainingSpec;
  readonly plan: TrainingPlan;
  readonly parameters: ParameterLayout;
  readonly step: StepContext;
  readonly x: Value;
  readonly target: string;
  /** What one sample counts: one over the number of samples in the whole batch. */
  readonly share: string;
}

/** Forward and back through all layers. The gradient is that of all trained weights end to end. */
function passThrough(pass: Pass): { loss: EmittedLoss; gradient: string } {
  const { graph, spec, plan, parameters, step, x, target, share } = pass;
  const values = new Map<string, Value>([[plan.input, x]]);
  const passes = plan.layers.map((layer) => {
    const context = step.forLayer(layer);
    const inputs = layer.inputs.map((id) => values.get(id) as Value);
    const forward = layer.frozen ? undefined : layer.rule?.forward;
    const pass = forward?.(context, layer.config, inputs, layer.needsInputGradient) ?? {
      output: layer.definition.emit(context, layer.config, inputs),
      saved: {},
    };
    values.set(layer.output, pass.output);
    return { layer, context, pass: { inputs, ...pass } };
  });

  const answer = graph.toLayout(values.get(plan.output) as Value, 'channels-last');
  const loss = emitLoss(spec.loss, plan.activation, { graph, value: answer, target, share });
  const sums = new GradientSums(graph);
  sums.addValue(plan.output, { ...answer, name: loss.gradient });
  for (const { layer, context, pass } of passes.reverse()) {
    const gradient = sums.value(layer.output);
    if (layer.frozen || !gradient || !layer.needsGradient) continue;
    const matched = graph.toLayout(gradient, pass.output.layout);
    const result = layer.rule?.backward(context, layer.config, pass, matched, layer.needsInputGradient);
    if (!result) throw notTrainable(layer);
    for (const [name, value] of Object.entries(result.weights)) sums.addWeight(context.key(name), value);
    if (layer.needsInputGradient) {
      for (const [i, id] of layer.inputs.entries()) sums.addValue(id, result.inputs[i] as Value);
    }
  }
  return { loss, gradient: vectorOf(graph, parameters.trainable, (slot) => sums.weight(slot.key)) };
}

function compileEvaluation(spec: TrainingSpec, plan: TrainingPlan, parameters: ParameterLayout): Uint8Array {
  const graph = new GraphBuilder();
  const { x, batchSize, target } = declareData(graph, spec, plan);
  graph.input('weights', 'float32', [totalSize(parameters.trainable)]);
  const step = new StepContext(graph, batchSize, declareWeights(graph, parameters));
  const values = new Map<string, Value>([[plan.input, x]]);
  for (const layer of plan.layers) {
    const inputs = layer.inputs.map((id) => values.get(id) as Value);
    values.set(layer.output, layer.definition.emit(step.forLayer(layer), layer.config, inputs));
  }
  const answer = graph.toLayout(values.get(plan.output) as Value, 'channels-last');
  declareLoss(
    graph,
    emitLoss(spec.loss, plan.activation, { graph, value: answer, target, share: shareOf(graph, batchSize) }),
  );
  const operators = { softmax: 'Softmax', sigmoid: 'Sigmoid' } as const;
  const outputs = plan.activation ? graph.op(operators[plan.activation], [answer.name]) : answer.name;
  publish(graph, outputs, 'outputs', answer.shape);
  return graph.build('evaluation');
}

/** Declares `x` and `y` and answers the value that the first layer sees. */
function declareData(graph: GraphBuilder, spec: TrainingSpec, plan: TrainingPlan) {
  const pixels = spec.input.kind === 'pixels';
  const shape = plan.inputShape;
  const name = graph.input('x', pixels ? 'uint8' : 'float32', shape);
  const target =
    spec.loss === 'crossentropy' ? graph.input('y', 'int32', [null]) : graph.input('y', 'float32', plan.outputShape);
  const batchSize = graph.op('Shape', [name], { start: 0, end: 1 });
  const raw: Value = { name, shape, datatype: pixels ? 'uint8' : 'float32', layout: 'channels-last' };
  return { x: spec.input.kind === 'pixels' ? asFloats(graph, raw, spec.input) : raw, batchSize, target };
}

/** Channels go first while a pixel is still one byte. */
function asFloats(graph: GraphBuilder, raw: Value, input: Extract<TrainingInput, { kind: 'pixels' }>): Value {
  const [, height, width, channels] = raw.shape;
  const first: Value =
    channels === 1
      ? {
          ...raw,
          name: graph.op('Reshape', [raw.name, graph.ints([-1, 1, height as number, width as number])]),
          layout: 'channels-first',
        }
      : graph.toLayout(raw, 'channels-first');
  const perChannel = (factors: readonly number[]) =>
    factors.every((factor) => factor === factors[0])
      ? graph.float(factors[0] as number)
      : graph.float(factors, [factors.length, 1, 1]);
  const floats = graph.op('Cast', [first.name], { to: 1 });
  const scaled = graph.op('Mul', [floats, perChannel(input.scale)]);
  const moved = input.offset.some((offset) => offset !== 0)
    ? graph.op('Add', [scaled, perChannel(input.offset)])
    : scaled;
  return { ...first, name: moved, datatype: 'float32' };
}

function declareWeights(graph: GraphBuilder, parameters: ParameterLayout): WeightViews {
  const views = new WeightViews(graph);
  views.add('weights', parameters.trainable);
  if (parameters.fixed.length > 0) {
    graph.input('fixed', 'float32', [totalSize(parameters.fixed)]);
    views.add('fixed', parameters.fixed);
  }
  return views;
}

function declareLoss(graph: GraphBuilder, { loss, measure }: Pick<EmittedLoss, 'loss' | 'measure'>): void {
  publish(graph, loss, 'loss', []);
  publish(graph, measure, 'measure', []);
}

function publish(graph: GraphBuilder, value: string, name: string, dims: Shape): void {
  graph.node('Identity', [value], [name]);
  graph.output(name, 'float32', dims);
}

/** One vector of all slots in order. */
function vectorOf(graph: GraphBuilder, slots: readonly Slot[], partOf: (slot: Slot) => string | undefined): string {
  const flat = graph.ints([-1]);
  const parts = slots.map((slot) => {
    const value = partOf(slot);
    // A weight that no output depends on does not move.
    if (value === undefined) return graph.op('ConstantOfShape', [graph.ints([slot.size])]);
    return slot.shape.length === 1 ? value : graph.op('Reshape', [value, flat]);
  });
  return joined(graph, parts, 0);
}

function notTrainable(layer: PlannedLayer): FreezeframeError {
  return new FreezeframeError(
    'unsupported-training',
    expected('a layer with a gradient rule', layer.path, layer.definition.className),
  );
}
