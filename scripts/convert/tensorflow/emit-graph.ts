import { GraphBuilder } from '#onnx';
import { type Edge, type GraphModel, type GraphNode, isInput } from '#tensorflow';
import { type UnsupportedNode, unsupportedOperators } from '../unsupported-operators.ts';
import { Constants, emissionOf } from './emission.ts';
import { given, type Operand, Refused } from './operand.ts';
import { findOperator, OPERATOR_NAMES } from './operators/index.ts';

/**
 * Writes a graph model as ONNX. Pictures keep TensorFlow's order, [batch, height, width, channels].
 * @throws FreezeframeError `unsupported-layer` once, naming *all* operators that cannot be written
 */
export function emitGraph(model: GraphModel): Uint8Array {
  const graph = new GraphBuilder();
  const results = new Map<string, readonly Operand[]>();
  const problems: UnsupportedNode[] = [];
  const names = outputNames(model);
  for (const { name, node, shape, datatype } of model.inputs) {
    if (!shape) {
      problems.push({ node, op: 'Placeholder', reason: 'the file does not tell its shape' });
      continue;
    }
    results.set(node, [given({ name: graph.input(name, datatype, shape), shape, datatype, layout: 'channels-last' })]);
  }
  for (const name of names) graph.reserve(name);
  const constants = new Constants(graph);
  for (const node of model.nodes) {
    if (isInput(node)) continue;
    const emitted = emitNode(node, model, results, constants);
    if (emitted instanceof Refused) problems.push({ node: node.name, op: node.op, reason: emitted.message });
    else if (emitted) results.set(node.name, emitted);
  }
  if (problems.length === 0) problems.push(...writeOutputs(model, names, results, graph));
  if (problems.length > 0) {
    const supported = ['Const', 'Placeholder', ...OPERATOR_NAMES];
    throw unsupportedOperators(problems, model.nodes.length, supported, { supported: OPERATOR_NAMES });
  }
  return graph.build();
}

/** Undefined where something before it could not be written: that is named, this is not. */
function emitNode(
  node: GraphNode,
  model: GraphModel,
  results: ReadonlyMap<string, readonly Operand[]>,
  constants: Constants,
): readonly Operand[] | Refused | undefined {
  try {
    if (node.op === 'Const') {
      const weight = model.weights.get(node.name);
      if (!weight) throw new Refused('its value is not among the weights');
      return [{ kind: 'constant', weight }];
    }
    const converter = findOperator(node.op);
    if (!converter) throw new Refused('this operator is not known');
    const inputs = node.inputs.map((edge) => operandOf(edge, results));
    if (!inputs.every((input) => input !== undefined)) return undefined;
    const emitted = converter.emit(emissionOf(node, inputs, constants));
    return 'kind' in emitted ? [emitted] : emitted;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

function operandOf({ node, index }: Edge, results: ReadonlyMap<string, readonly Operand[]>): Operand | undefined {
  const found = results.get(node);
  if (found && index >= found.length) throw new Refused(`there is no result ${index} of ${node}`);
  return found?.[index];
}

/** The signature's names, different from the inputs' and from each other. */
function outputNames({ inputs, outputs }: GraphModel): string[] {
  const taken = new Set(inputs.map(({ name }) => name));
  return outputs.map(({ name }) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  });
}

function writeOutputs(
  { outputs }: GraphModel,
  names: readonly string[],
  results: ReadonlyMap<string, readonly Operand[]>,
  graph: GraphBuilder,
): UnsupportedNode[] {
  return outputs.flatMap(({ edge }, i): UnsupportedNode[] => {
    const operand = results.get(edge.node)?.[edge.index];
    if (operand?.kind !== 'value')
      return [{ node: edge.node, op: 'output', reason: 'it is not computed from an input' }];
    const plain = graph.toLayout(operand.value, 'channels-last');
    graph.node('Identity', [plain.name], [names[i] as string]);
    graph.output(names[i] as string, plain.datatype, plain.shape);
    return [];
  });
}
