import { type GraphProto, subgraphs } from '#onnx';

/** Gives a value another name wherever nodes make or read it, those of graphs within the graph too. In place. */
export function renameValue(graph: GraphProto, from: string, to: string): void {
  const rename = (name: string) => (name === from ? to : name);
  for (const node of graph.node) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
    for (const inner of subgraphs(node)) {
      renameValue(inner, from, to);
      for (const output of inner.output) output.name = rename(output.name);
    }
  }
}
