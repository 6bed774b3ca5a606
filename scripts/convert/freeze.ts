import { expected, FreezeframeError, type Manifest, type TensorSpec } from '@freezeframe/inference';
import {
  type FreezeInput,
  type FreezeOptions,
  type FreezeOutput,
  GRAPH_NAMES,
  manifestInput,
  manifestOutput,
  rangeOf,
} from '#frozen';
import type { KerasModel, Shape, TensorId, TopologyInput } from '#keras';
import { asKeras, DATATYPE_NUMBERS, type Datatype, GraphBuilder, type Value } from '#onnx';
import { emitPlan } from './emit.ts';
import { inDoublePrecision } from './passes/double-precision.ts';
import { foldBatchNormalization } from './passes/fold-batch-normalization.ts';
import { foldPreprocessing, insertBehind } from './passes/fold-preprocessing.ts';
import { scaleOffset } from './passes/scale-offset.ts';
import { dropTrainingLayers, type FreezePlan, lastActivation, planFreeze } from './plan/plan.ts';

/** What freezing gives: the graph, and the parts of the manifest that follow from it. */
export interface FrozenModel {
  readonly onnx: Uint8Array;
  readonly manifest: Pick<Manifest, 'task' | 'input' | 'output'>;
}

/**
 * Writes a Keras model as one ONNX graph for inference: nothing of training is left, batch normalisation and
 * preprocessing are part of the weights where they can be, the batch axis is free. Not verified: see `verify.ts`.
 * @throws FreezeframeError `bad-topology`, `unsupported-layer`, `bad-weights`, `freeze-mismatch` (what the options say
 *   does not fit the model)
 */
export function freezeModel(model: KerasModel, options: FreezeOptions): FrozenModel {
  return freezePlan(planFreeze(model), options);
}

/**
 * The same for a model that is planned already.
 * @throws FreezeframeError `freeze-mismatch`
 */
export function freezePlan(planned: FreezePlan, options: FreezeOptions): FrozenModel {
  const folded = foldBatchNormalization(dropTrainingLayers(planned));
  checkOptions(folded, options);
  const plan = scaleAnswer(prepareInput(folded, options.input), options.output);
  const graph = new GraphBuilder();
  const values = new Map(plan.inputs.map((input) => [input.name, emitInput(graph, input, options.input)]));
  const names = outputNames(folded, options.output);
  for (const name of names) graph.reserve(name);
  emitPlan(graph, plan, values);
  const outputs = plan.outputs.map((id, i) => emitOutput(graph, values.get(id) as Value, names[i] as string));
  return {
    // Tables are small, and their answers are read to the last digit.
    onnx: options.input.kind === 'features' ? inDoublePrecision(graph.build()) : graph.build(),
    manifest: {
      task: options.output.kind,
      input: manifestInput(options.input, tensorsOf(plan, options.input)),
      output: manifestOutput(options.output, outputs, lastActivation(folded)),
    },
  };
}

function prepareInput(plan: FreezePlan, input: FreezeInput): FreezePlan {
  const own = plan.inputs[0] as TopologyInput;
  const { name } = own;
  if (input.kind === 'picture') {
    if (datatypeOf(own) === 'float32') return foldPreprocessing(plan, name, input.preprocess);
    const { scale, offset } = input.preprocess;
    if (scale.every((value) => value === 1) && offset.every((value) => value === 0)) return plan;
    throw new FreezeframeError(
      'freeze-mismatch',
      expected('0..255 as they are', `the pixels of a model that takes ${own.datatype}`, input.preprocess),
      { remedy: 'Leave --preprocess out: the model does its own.' },
    );
  }
  if (input.kind === 'tensors') return plan;
  const { features } = input;
  return insertBehind(plan, name, {
    axis: -1,
    centre: features.map(({ min }) => min),
    scale: features.map((feature) => 1 / rangeOf(feature)),
    clip: {
      min: features.map(({ clip }) => clip?.[0] ?? -Number.MAX_VALUE),
      max: features.map(({ clip }) => clip?.[1] ?? Number.MAX_VALUE),
    },
    precise: true,
  });
}

/** Turns 0..1 back into dollars. */
function scaleAnswer(plan: FreezePlan, output: FreezeOutput): FreezePlan {
  if (output.kind !== 'regression') return plan;
  const [answer] = plan.outputs as [TensorId];
  const id = `${answer}#unscaled`;
  const config = {
    axis: -1,
    scale: output.values.map(rangeOf),
    offset: output.values.map(({ min }) => min),
    precise: true,
  };
  const node = { path: id, definition: scaleOffset, config, inputs: [answer], output: id };
  const shapes = new Map(plan.shapes).set(id, plan.shapes.get(answer) ?? []);
  return { ...plan, shapes, nodes: [...plan.nodes, node], outputs: [id] };
}

const INTEGERS: Record<string, Datatype> = { int32: 'int32', int64: 'int64', uint8: 'uint8', bool: 'bool' };
const PROTOCOL: Record<Datatype, TensorSpec['datatype']> = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  int8: 'INT8',
  bool: 'BOOL',
};

/** Half and double precision are answered in single precision, in which all weights are. */
function datatypeOf({ datatype }: TopologyInput): Datatype {
  return INTEGERS[datatype] ?? 'float32';
}

function emitInput(graph: GraphBuilder, input: TopologyInput, taken: FreezeInput): Value {
  if (taken.kind === 'picture') {
    const dims = [null, taken.height, taken.width, taken.channels];
    const bytes = graph.input(GRAPH_NAMES.picture, 'uint8', dims);
    const datatype = datatypeOf(input);
    const name = datatype === 'uint8' ? bytes : graph.op('Cast', [bytes], { to: DATATYPE_NUMBERS[datatype] });
    return { name, shape: dims, datatype, layout: 'channels-last' };
  }
  const datatype = datatypeOf(input);
  const name = graph.input(taken.kind === 'features' ? GRAPH_NAMES.features : input.name, datatype, input.shape);
  return { name, shape: input.shape, datatype, layout: 'channels-last' };
}

/** The model's own outputs are named as the user named them, or after the layers that give them; a layer that gives two gets a number. */
function outputNames(plan: FreezePlan, output: FreezeOutput): string[] {
  if (output.kind === 'classification') return [GRAPH_NAMES.probabilities];
  if (output.kind === 'regression') return [GRAPH_NAMES.value];
  const taken = new Set(plan.inputs.map(({ name }) => name));
  return plan.outputs.map((id, i) => {
    const base = plan.outputKeys?.[i] ?? plan.nodes.find((node) => node.output === id)?.path ?? id;
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    return name;
  });
}

function emitOutput(graph: GraphBuilder, value: Value, name: string): TensorSpec {
  const plain = asKeras(graph, value);
  graph.node('Identity', [plain.name], [name]);
  graph.output(name, plain.datatype, plain.shape);
  return { name, shape: [...plain.shape], datatype: PROTOCOL[plain.datatype] };
}

function tensorsOf({ inputs }: FreezePlan, { kind }: FreezeInput): TensorSpec[] {
  return inputs.map((own) => ({
    name: kind === 'tensors' ? own.name : GRAPH_NAMES[kind],
    shape: [...own.shape],
    datatype: PROTOCOL[datatypeOf(own)],
  }));
}

function checkOptions(plan: FreezePlan, { input, output }: FreezeOptions): void {
  if (input.kind !== 'tensors') {
    checkOne('input', plan.inputs);
    const { shape } = plan.inputs[0] as TopologyInput;
    const wanted =
      input.kind === 'picture' ? [null, input.height, input.width, input.channels] : [null, input.features.length];
    if (!fits(shape, wanted)) throw mismatch(`[${wanted.slice(1)}]`, 'the input of the model', shape.slice(1));
  }
  if (output.kind === 'tensors') return;
  checkOne('output', plan.outputs);
  const shape = plan.shapes.get(plan.outputs[0] as TensorId) as Shape;
  const count = output.kind === 'classification' ? output.labels.length : output.values.length;
  const binary = output.kind === 'classification' && count === 2 && fits(shape, [null, 1]);
  if (!binary && !fits(shape, [null, count])) throw mismatch(`[${count}]`, 'the output of the model', shape.slice(1));
}

/** A free axis of the model takes any size. */
function fits(shape: Shape, wanted: Shape): boolean {
  const sizes = shape.slice(1);
  return shape.length === wanted.length && sizes.every((size, i) => size === null || size === wanted[i + 1]);
}

function checkOne(what: string, list: readonly unknown[]): void {
  if (list.length !== 1) throw mismatch(`one ${what}`, 'the model', list.length);
}

function mismatch(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('freeze-mismatch', expected(what, where, received), {
    remedy: 'Labels, picture size and feature names must be those that the model was trained with.',
  });
}
