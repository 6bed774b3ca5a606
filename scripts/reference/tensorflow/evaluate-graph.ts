import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Edge, type GraphModel, isInput } from '#tensorflow';
import type { Doubles } from '../evaluator/doubles.ts';
import type { ReferenceTensor } from '../reference-tensor.ts';

/** What answers of graph models are compared with. */
export const GRAPH_EVALUATOR = "Freezeframe's plain evaluator of TensorFlow graphs";

/**
 * Computes a graph model's answers node by node, by the definitions of TensorFlow's operators, in double precision and plain
 * loops. It shares no code with the converter.
 * @param inputs in the order of the model's inputs, as TensorFlow takes them: [batch, height, width, channels]
 * @returns the outputs, in their order
 * @throws FreezeframeError `reference-unsupported` for an operator that it does not know
 */
export async function evaluateGraph(model: GraphModel, inputs: readonly ReferenceTensor[]): Promise<ReferenceTensor[]> {
  if (inputs.length !== model.inputs.length) {
    throw new FreezeframeError(
      'reference-unsupported',
      expected(`${model.inputs.length} tensors`, 'the inputs of the graph', inputs.length),
    );
  }
  // Loaded where a graph is verified: nothing else needs it.
  const { executorOf } = await import('./operators.ts');
  const results = new Map<string, readonly Doubles[]>();
  for (const [i, { node, datatype }] of model.inputs.entries()) {
    results.set(node, [inDoubles(inputs[i] as ReferenceTensor, datatype)]);
  }
  const readers = readersOf(model);
  for (const node of model.nodes) {
    if (isInput(node)) continue;
    const given = node.inputs.map((edge) => resultOf(results, edge)) as [Doubles, Doubles];
    const result = node.op === 'Const' ? constant(model, node.name) : executorOf(node.op)(given, node.attributes);
    const all = Array.isArray(result) ? (result as readonly Doubles[]) : [result as Doubles];
    const whole = given.length > 0 && given.every(({ integer }) => integer);
    results.set(
      node.name,
      all.map(({ shape, data, integer = whole }) => ({ shape, data, integer })),
    );
    // What nobody will read again is let go: a large model's tensors do not fit into memory all at once.
    for (const edge of node.inputs) {
      const left = (readers.get(edge.node) ?? 0) - 1;
      readers.set(edge.node, left);
      if (left === 0) results.delete(edge.node);
    }
  }
  return model.outputs.map(({ edge }) => {
    const { shape, data } = resultOf(results, edge);
    return { shape, data: Float32Array.from(data) };
  });
}

function inDoubles({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }, datatype: string): Doubles {
  return { shape, data: Float64Array.from(data), integer: datatype === 'int32' };
}

function constant({ weights }: GraphModel, name: string): Doubles {
  const weight = weights.get(name);
  if (!weight) {
    throw new FreezeframeError('reference-unsupported', expected('a tensor', `the constant ${name}`, undefined));
  }
  return inDoubles(weight, weight.datatype);
}

/** How many edges and outputs read each node. */
function readersOf({ nodes, outputs }: GraphModel): Map<string, number> {
  const readers = new Map<string, number>();
  const edges = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ edge }) => edge)];
  for (const { node } of edges) readers.set(node, (readers.get(node) ?? 0) + 1);
  return readers;
}

function resultOf(results: ReadonlyMap<string, readonly Doubles[]>, { node, index }: Edge): Doubles {
  const found = results.get(node)?.[index];
  if (found) return found;
  throw new FreezeframeError(
    'reference-unsupported',
    expected('a result that is there', 'an input of the graph', `${node}:${index}`),
  );
}
