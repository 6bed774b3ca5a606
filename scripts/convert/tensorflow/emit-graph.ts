import { FreezeframeError } from '@freezeframe/inference';
import { GraphBuilder } from '#onnx';
import { type Edge, type GraphModel, type GraphNode, isInput } from '#tensorflow';
import { Constants, emissionOf } from './emission.ts';
import { given, type Operand, Refused } from './operand.ts';
import { findOperator, OPERATOR_NAMES } from './operators/index.ts';

interface UnsupportedNode {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

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
  if (problems.length > 0) throw unsupported(problems, model.nodes.length);
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

/** Lines that a person reads; all are in `details`. */
const SHOWN = 30;

function unsupported(problems: readonly UnsupportedNode[], count: number): FreezeframeError {
  const ops = [...new Set(problems.map(({ op }) => op))];
  const list = problems.slice(0, SHOWN).map(({ node, op, reason }) => `"${node}" (${op}): ${reason}`);
  if (problems.length > SHOWN) list.push(`and ${problems.length - SHOWN} more`);
  const message = `${problems.length} of ${count} operators cannot be frozen (${ops.join(', ')}):\n  ${list.join('\n  ')}`;
  return new FreezeframeError('unsupported-layer', message, {
    details: { unsupported: problems, supported: OPERATOR_NAMES },
    remedy: `Supported are Const, Placeholder, ${OPERATOR_NAMES.join(', ')}. If there is a Keras file of this model, import that.`,
  });
}
