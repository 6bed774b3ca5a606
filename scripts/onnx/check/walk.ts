import { beyondLimit } from '#keras';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../schema/onnx_pb.ts';

/** `If`s and `Loop`s within each other: published graphs have three or four levels. */
const MAX_GRAPH_DEPTH = 16;

/**
 * Every node, those inside of `If`, `Loop` and local functions too.
 * @throws FreezeframeError `limit-exceeded` for graphs within graphs without end
 */
export function* allNodes(model: ModelProto): Generator<NodeProto> {
  if (model.graph) yield* nodesOf(model.graph.node);
  for (const { node } of model.functions) yield* nodesOf(node);
}

export function* nodesOf(nodes: readonly NodeProto[], depth = 0): Generator<NodeProto> {
  if (depth > MAX_GRAPH_DEPTH) throw beyondLimit(MAX_GRAPH_DEPTH, 'levels of graphs', 'the ONNX file');
  for (const node of nodes) {
    yield node;
    for (const graph of subgraphs(node)) yield* nodesOf(graph.node, depth + 1);
  }
}

export function subgraphs({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
}

/** Every stored tensor with a name for people: weights, constants, sparse ones' values. */
export function* allTensors(model: ModelProto): Generator<{ name: string; tensor: TensorProto }> {
  if (model.graph) yield* graphTensors(model.graph);
  for (const { node } of model.functions) yield* nodeTensors(node);
}

function* graphTensors(graph: GraphProto): Generator<{ name: string; tensor: TensorProto }> {
  for (const tensor of graph.initializer) yield { name: tensor.name, tensor };
  for (const { values, indices } of graph.sparseInitializer) {
    for (const tensor of [values, indices]) if (tensor) yield { name: tensor.name, tensor };
  }
  yield* nodeTensors(graph.node);
}

function* nodeTensors(nodes: readonly NodeProto[]): Generator<{ name: string; tensor: TensorProto }> {
  for (const node of nodes) {
    const name = node.name || node.output[0] || node.opType;
    for (const { t, tensors, sparseTensor } of node.attribute) {
      for (const tensor of [t, sparseTensor?.values, sparseTensor?.indices, ...tensors]) {
        if (tensor) yield { name, tensor };
      }
    }
    for (const graph of subgraphs(node)) yield* graphTensors(graph);
  }
}

/** A name that no value of the graph has: this one, or with a number behind. */
export function unusedName(graph: GraphProto, base: string): string {
  const taken = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ input, output }) => [...input, ...output]),
  ]);
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  return name;
}
