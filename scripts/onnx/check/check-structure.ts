import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { GraphProto, ModelProto, NodeProto } from '../schema/onnx_pb.ts';
import { subgraphs } from './walk.ts';

/**
 * ONNX's structural rules (IR specification, "Graphs"): nodes in an order in which each comes after those it reads, every
 * input known, every name given once, every output of the graph made by something.
 * @throws ImportError `file-damaged`, naming the rule, the node and the value
 */
export function checkStructure(model: ModelProto): void {
  if (model.graph) checkGraph(model.graph, new Set(), '');
  for (const { name, input, output, node } of model.functions) {
    const known = new Set(input);
    checkNodes(node, known, `function ${name}`);
    checkOutputs(output, known, `function ${name}`);
  }
}

function checkGraph(graph: GraphProto, outer: ReadonlySet<string>, where: string): void {
  const known = new Set(outer);
  // An initializer may stand among the inputs too: it is the input's default.
  const starts = new Set<string>();
  for (const { name } of graph.input) define(name, starts, where);
  const weights = new Set<string>();
  for (const { name } of graph.initializer) define(name, weights, where);
  for (const { values } of graph.sparseInitializer) if (values) define(values.name, weights, where);
  for (const name of [...starts, ...weights]) known.add(name);
  checkNodes(graph.node, known, where);
  checkOutputs(
    graph.output.map(({ name }) => name),
    known,
    where,
  );
}

function checkNodes(nodes: readonly NodeProto[], known: Set<string>, where: string): void {
  for (const [index, node] of nodes.entries()) {
    const place = `${where ? `${where}, ` : ''}node ${index + 1} (${node.opType}${node.name ? ` "${node.name}"` : ''})`;
    if (node.opType === '') throw broken('an operator', place, '');
    for (const name of node.input) {
      if (name !== '' && !known.has(name)) throw broken('a value made by an earlier node', place, name);
    }
    for (const graph of subgraphs(node)) checkGraph(graph, known, place);
    for (const name of node.output) if (name !== '') define(name, known, place);
  }
}

function checkOutputs(names: readonly string[], known: ReadonlySet<string>, where: string): void {
  for (const name of names) {
    if (!known.has(name)) throw broken('a value of the graph', `an output${where ? ` of ${where}` : ''}`, name);
  }
}

function define(name: string, names: Set<string>, where: string): void {
  if (name === '' || names.has(name)) throw broken('a name that is given once', where || 'a value of the graph', name);
  names.add(name);
}

function broken(what: string, where: string, received: string): ImportError {
  return new ImportError('file-damaged', `The graph breaks ONNX's rules: ${expected(what, where, received)}`, {
    remedy: 'The file is damaged, or what wrote it is at fault: export it again.',
  });
}
