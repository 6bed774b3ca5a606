import * as z from 'zod';
import {
  configLayers,
  type LayerConfig,
  readTopology,
  type Shape,
  type TensorId,
  type Topology,
  type TopologyNode,
  type WeightSpec,
} from '#keras';
import type { Value } from '#onnx';
import { defineLayer, type EmitContext, type ResolvedLayer, severalOutputs } from '../keras/layer.ts';
import { emitNode, type PlannedNode, plannedNode, shapeNode } from './nodes.ts';

/**
 * A nested model where one layer must stand, inside a wrapper. Elsewhere nested models are flattened.
 * @param resolve finds the model's layers; their paths begin in the model
 */
export function modelAsLayer(
  model: LayerConfig,
  resolve: (nodes: readonly TopologyNode[]) => readonly (ResolvedLayer | undefined)[] | undefined,
): ResolvedLayer | undefined {
  const topology = readTopology(model);
  const resolved = resolve(topology.nodes);
  if (!resolved) return undefined;
  // Keras 3 keeps its weights by class and number: `inner/conv` -> `layers/functional/layers/conv2d`.
  const groups = new Map(configLayers(model).map(({ path, group }) => [path, group]));
  const nodes = topology.nodes.map((node, i) => {
    return plannedNode({ ...node, path: groups.get(node.path) ?? node.path }, resolved[i] as ResolvedLayer);
  });
  const definition = defineLayer({
    className: model.class_name,
    config: z.unknown(),
    integers: true,
    weights: (_, inputs) => weightsOf(topology, nodes, inputs),
    ...severalOutputs({
      outputShapes: (_, inputs) => {
        const shapes = named(topology, inputs);
        for (const node of nodes) shapeNode(node, shapes);
        return topology.outputs.map((id) => shapes.get(id) as Shape);
      },
      emitAll: (context, _, inputs) => {
        const values = named(topology, inputs);
        for (const node of nodes) emitNode(below(context, node.path), node, values);
        return topology.outputs.map((id) => values.get(id) as Value);
      },
    }),
    mask: (_context, _config, _inputs, outputs) => outputs.map((output) => output.mask),
  });
  return { definition, config: undefined };
}

function named<T>({ inputs }: Topology, given: readonly T[]): Map<TensorId, T> {
  return new Map(inputs.map(({ name }, i) => [name, given[i] as T]));
}

function below(context: EmitContext, path: string): EmitContext {
  return { ...context, weight: (name, transform) => context.weight(`${path}/${name}`, transform) };
}

/** A shared layer's weights are listed once. */
function weightsOf(topology: Topology, nodes: readonly PlannedNode[], inputs: readonly Shape[]): WeightSpec[] {
  const shapes = named(topology, inputs);
  const specs = new Map<string, WeightSpec>();
  for (const node of nodes) {
    const from = shapeNode(node, shapes);
    for (const spec of node.definition.weights?.(node.config, from) ?? []) {
      const name = `${node.path}/${spec.name}`;
      specs.set(name, { ...spec, name });
    }
  }
  return [...specs.values()];
}
