import { badTopology, outputId, type Shape, type TensorId, type TopologyNode } from '#keras';
import type { Value } from '#onnx';
import { type EmitContext, emitLayer, type LayerDefinition, type ResolvedLayer, shapesOf } from '../keras/layer.ts';

/** One call of one layer, ready to be written. */
export interface PlannedNode {
  /** What its weights are called, without the weight's own name. */
  readonly path: string;
  readonly definition: LayerDefinition;
  /** The options, as `definition.config` read them. */
  readonly config: unknown;
  /** The tensors of a `mask` argument come last. */
  readonly inputs: readonly TensorId[];
  /** The first output; `outputId` names the others. */
  readonly output: TensorId;
  /** The `mask` argument: for each tensor of the first argument, a number of `inputs` or null. */
  readonly masks?: readonly (number | null)[];
}

export function plannedNode({ path, inputs, output, masks }: TopologyNode, resolved: ResolvedLayer): PlannedNode {
  return { path, ...resolved, inputs, output, ...(masks ? { masks } : {}) };
}

/** The inputs that the layer itself is given: all but the masks. */
function ownInputs<T>({ masks = [] }: Pick<PlannedNode, 'masks'>, inputs: readonly T[]): T[] {
  return inputs.filter((_, i) => !masks.includes(i));
}

/** Works out the shapes of a node's outputs, and adds them. @returns the shapes of what the layer is given */
export function shapeNode(node: PlannedNode, shapes: Map<TensorId, Shape>): readonly Shape[] {
  const from = ownInputs(node, node.inputs).map((id) => lookUp(shapes, id, node));
  for (const [i, shape] of shapesOf(node, from).entries()) {
    // Cropped to nothing, or pooled by more than there is.
    const empty = shape.some((size) => size !== null && !(Number.isInteger(size) && size > 0));
    if (empty) throw badTopology('sizes of 1 and more', `what layer ${node.path} answers`, shape.slice(1));
    shapes.set(outputId(node.output, i), shape);
  }
  return from;
}

/** Writes a node into the graph, and adds its outputs. */
export function emitNode(context: EmitContext, node: PlannedNode, values: Map<TensorId, Value>): void {
  const given = node.inputs.map((id) => lookUp(values, id, node));
  const own = ownInputs(node, given).map((value, i): Value => {
    const index = node.masks?.[i];
    const mask = index === undefined || index === null ? undefined : given[index];
    return mask ? { ...value, mask: asMask(context, mask) } : value;
  });
  for (const [i, value] of emitLayer(context, node, own).entries()) values.set(outputId(node.output, i), value);
}

/** ONNX's number for bool. */
const BOOL = 9;

function asMask({ graph }: EmitContext, mask: Value): string {
  return mask.datatype === 'bool' ? mask.name : graph.op('Cast', [mask.name], { to: BOOL });
}

function lookUp<T>(found: ReadonlyMap<TensorId, T>, id: TensorId, { path }: PlannedNode): T {
  const value = found.get(id);
  if (value === undefined) throw badTopology('an output that the layer has', `an input of ${path}`, id);
  return value;
}
