import { expected, FreezeframeError } from '@freezeframe/inference';
import {
  badTopology,
  type KerasModel,
  readTopology,
  type Shape,
  type Tensor,
  type TensorId,
  type TopologyInput,
  type TopologyNode,
  type WeightSpec,
  type Writer,
} from '#keras';
import type { ResolvedLayer } from '../keras/layer.ts';
import { type PlannedNode, plannedNode, shapeNode } from './nodes.ts';
import { resolveLayers } from './resolve-layers.ts';

export type { PlannedNode } from './nodes.ts';

/** A model while it is made ready for freezing. Passes answer a new plan; none changes the one it was given. */
export interface FreezePlan {
  readonly inputs: readonly TopologyInput[];
  readonly nodes: readonly PlannedNode[];
  readonly outputs: readonly TensorId[];
  /** What the user called the outputs, where the model answers a dictionary. */
  readonly outputKeys?: readonly string[] | undefined;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Of every tensor, in Keras's axis order. */
  readonly shapes: ReadonlyMap<TensorId, Shape>;
}

/** A config's layers, before their weights are known: found, options read, shapes worked out. */
export interface LayerPlan extends Pick<FreezePlan, 'inputs' | 'nodes' | 'outputs' | 'outputKeys' | 'shapes'> {
  /** What each node wants, in Keras's order: as many entries as nodes. */
  readonly weights: readonly (readonly WeightSpec[])[];
  /**
   * What the layers that no output needs would want, by their paths: they stand in files among the others. Undefined for
   * one that is not known here.
   */
  readonly unneeded: ReadonlyMap<string, readonly WeightSpec[] | undefined>;
}

/** @throws FreezeframeError `bad-topology`, `unsupported-layer` */
export function planLayers(config: KerasModel['config']): LayerPlan {
  const { inputs, nodes: read, outputs, outputKeys, unneeded } = readTopology(config);
  const { writer } = config;
  const resolved = resolveLayers(read, writer);
  const nodes = read.map((node, i) => plannedNode(node, resolved[i] as ResolvedLayer));
  const shapes = new Map<TensorId, Shape>(inputs.map(({ name, shape }) => [name, shape]));
  const weights = nodes.map((node) => {
    const from = shapeNode(node, shapes);
    return node.definition.weights?.(node.config, from) ?? [];
  });
  return { inputs, nodes, outputs, outputKeys, shapes, weights, unneeded: specsOfUnneeded(unneeded, shapes, writer) };
}

function specsOfUnneeded(
  unneeded: readonly TopologyNode[],
  shapes: ReadonlyMap<TensorId, Shape>,
  writer: Writer | undefined,
): LayerPlan['unneeded'] {
  const known = new Map(shapes);
  return new Map(
    unneeded.map((node) => {
      try {
        const [resolved] = resolveLayers([node], writer);
        const planned = plannedNode(node, resolved as ResolvedLayer);
        const from = shapeNode(planned, known);
        return [node.path, planned.definition.weights?.(planned.config, from) ?? []] as const;
      } catch (error) {
        if (error instanceof FreezeframeError) return [node.path, undefined] as const;
        throw error;
      }
    }),
  );
}

/** The weights that every layer which an output needs wants, by the layer's path. */
export function weightSpecs({ nodes, weights }: LayerPlan): Map<string, readonly WeightSpec[]> {
  const wanted = new Map<string, readonly WeightSpec[]>();
  for (const [i, { path }] of nodes.entries()) if (!wanted.has(path)) wanted.set(path, weights[i] ?? []);
  return wanted;
}

/**
 * Puts a model's weights into the plan of its layers.
 * @param layers of `model.config`, where they are planned already.
 * @throws FreezeframeError `bad-topology`, `unsupported-layer`, `bad-weights`
 */
export function planFreeze({ config, weights }: KerasModel, layers: LayerPlan = planLayers(config)): FreezePlan {
  const { inputs, nodes, outputs, outputKeys, shapes } = layers;
  const problems = nodes.flatMap(({ path }, i) => weightProblems(weights, path, layers.weights[i] ?? []));
  for (const id of outputs) {
    if (!shapes.has(id)) throw badTopology('an output that the layer has', 'output_layers', id);
  }
  if (problems.length > 0) {
    throw new FreezeframeError('bad-weights', `The weights do not fit the layers:\n  ${problems.join('\n  ')}`, {
      details: { problems },
      remedy: 'The weights belong to another model, or the file is damaged: save the model and its weights again.',
    });
  }
  return { inputs, nodes, outputs, outputKeys, weights, shapes };
}

function weightProblems(weights: FreezePlan['weights'], path: string, specs: readonly WeightSpec[]): string[] {
  return specs.flatMap(({ name, shape }) => {
    const tensor = weights.get(`${path}/${name}`);
    const size = shape.reduce((n, axis) => n * axis, 1);
    const fits = tensor && String(tensor.shape) === String(shape) && tensor.data.length === size;
    return fits ? [] : [expected(`[${shape.join(', ')}]`, `weight ${path}/${name}`, tensor?.shape)];
  });
}

/** What one sample takes, about: each place of a layer's answer reads the layer's kernel once. */
export function multiplications({ nodes, weights, shapes }: FreezePlan): number {
  return nodes.reduce((sum, { path, output }) => {
    const places = (shapes.get(output) ?? []).slice(1, -1).reduce<number>((n, size) => n * (size ?? 64), 1);
    return sum + places * (weights.get(`${path}/kernel`)?.data.length ?? 0);
  }, 0);
}

/** The calls that read a tensor. */
export function readersOf(plan: FreezePlan, id: TensorId): PlannedNode[] {
  return plan.nodes.filter((node) => node.inputs.includes(id));
}

/** Each answers a probability of its own, whatever the others are. */
const SIGMOIDS = new Set(['sigmoid', 'hard_sigmoid', 'hard_sigmoid_keras2']);

/** What the first output went through last, behind layers that leave its numbers as they are. */
export function lastActivation(plan: FreezePlan, id = plan.outputs[0]): 'softmax' | 'sigmoid' | 'none' {
  const node = plan.nodes.find(({ output }) => output === id);
  if (!node) return 'none';
  const { definition, config, inputs } = node;
  const activation = definition.activation?.(config);
  if (activation === 'softmax') return 'softmax';
  if (activation !== undefined && SIGMOIDS.has(activation)) return 'sigmoid';
  return definition.keeps?.(config) === 'numbers' ? lastActivation(plan, inputs[0]) : 'none';
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
