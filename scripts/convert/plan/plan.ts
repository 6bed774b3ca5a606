import { expected, FreezeframeError } from '@freezeframe/inference';
import type { KerasModel, Shape, Tensor, WeightSpec } from '#keras';
import { badTopology, readTopology, type TensorId, type TopologyInput } from '#keras';
import type { ResolvedLayer } from '../keras/layer.ts';
import { type PlannedNode, plannedNode, shapeNode } from './nodes.ts';
import { resolveLayers } from './resolve-layers.ts';

export type { PlannedNode } from './nodes.ts';

/** A model while it is made ready for freezing. Passes answer a new plan; none changes the one it was given. */
export interface FreezePlan {
  readonly inputs: readonly TopologyInput[];
  readonly nodes: readonly PlannedNode[];
  readonly outputs: readonly TensorId[];
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Of every tensor, in Keras's axis order. */
  readonly shapes: ReadonlyMap<TensorId, Shape>;
}

/**
 * Reads a model: layers found, options read, shapes worked out, weights checked.
 * @throws FreezeframeError `bad-topology`, `unsupported-layer`, `bad-weights`
 */
export function planFreeze(model: KerasModel): FreezePlan {
  const { inputs, nodes: read, outputs } = readTopology(model.config);
  const resolved = resolveLayers(read);
  const nodes = read.map((node, i) => plannedNode(node, resolved[i] as ResolvedLayer));
  const shapes = new Map(inputs.map(({ name, shape }) => [name, shape]));
  const problems: string[] = [];
  for (const node of nodes) problems.push(...weightProblems(model, node, shapeNode(node, shapes)));
  for (const id of outputs) {
    if (!shapes.has(id)) throw badTopology('an output that the layer has', 'output_layers', id);
  }
  if (problems.length > 0) {
    throw new FreezeframeError('bad-weights', `The weights do not fit the layers:\n  ${problems.join('\n  ')}`, {
      details: { problems },
      remedy: 'The weights belong to another model, or the file is damaged: save the model and its weights again.',
    });
  }
  return { inputs, nodes, outputs, weights: model.weights, shapes };
}

/**
 * The weights that every layer which an output needs wants, by the layer's path, in Keras's order.
 * @throws FreezeframeError `bad-topology`, `unsupported-layer`
 */
export function weightSpecs(config: KerasModel['config']): Map<string, readonly WeightSpec[]> {
  const { inputs, nodes } = readTopology(config);
  const resolved = resolveLayers(nodes);
  const shapes = new Map<TensorId, Shape>(inputs.map(({ name, shape }) => [name, shape]));
  const wanted = new Map<string, readonly WeightSpec[]>();
  for (const [i, read] of nodes.entries()) {
    const node = plannedNode(read, resolved[i] as ResolvedLayer);
    const from = shapeNode(node, shapes);
    if (!wanted.has(node.path)) wanted.set(node.path, node.definition.weights?.(node.config, from) ?? []);
  }
  return wanted;
}

function weightProblems(
  model: KerasModel,
  { path, definition, config }: PlannedNode,
  from: readonly Shape[],
): string[] {
  const specs = definition.weights?.(config, from) ?? [];
  return specs.flatMap(({ name, shape }) => {
    const tensor = model.weights.get(`${path}/${name}`);
    const size = shape.reduce((n, axis) => n * axis, 1);
    const fits = tensor && String(tensor.shape) === String(shape) && tensor.data.length === size;
    return fits ? [] : [expected(`[${shape.join(', ')}]`, `weight ${path}/${name}`, tensor?.shape)];
  });
}

/** The calls that read a tensor. */
export function readersOf(plan: FreezePlan, id: TensorId): PlannedNode[] {
  return plan.nodes.filter((node) => node.inputs.includes(id));
}

/** Whether one call alone uses the layer's weights, so that they may be changed. */
export function ownsWeights(plan: FreezePlan, node: PlannedNode): boolean {
  return plan.nodes.every((other) => other === node || other.path !== node.path);
}

/** The plan without nodes that pass on their one input: whoever read their output reads the input. */
export function bypass(plan: FreezePlan, gone: (node: PlannedNode) => boolean): FreezePlan {
  const instead = new Map<TensorId, TensorId>();
  const now = (id: TensorId) => instead.get(id) ?? id;
  const nodes: PlannedNode[] = [];
  for (const node of plan.nodes) {
    const inputs = node.inputs.map(now);
    if (gone(node)) instead.set(node.output, inputs[0] as TensorId);
    else nodes.push({ ...node, inputs });
  }
  return { ...plan, nodes, outputs: plan.outputs.map(now) };
}

/** Dropout and its like do nothing in a frozen model. */
export function dropTrainingLayers(plan: FreezePlan): FreezePlan {
  return bypass(plan, (node) => node.definition.trainingOnly === true || node.definition.className === 'InputLayer');
}
