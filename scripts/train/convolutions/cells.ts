import { type DataFormat, fromImage, type GraphBuilder, toImage, type Value } from '#onnx';

/**
 * The order of memory that convolutions take which are products of matrices: channels, height, width, batch. The same cell
 * of all pictures lies together, so that what moves pictures up, down or across moves blocks, and channels side by side are
 * blocks too. Between two such layers nothing moves: onnxruntime leaves out transposes that undo each other.
 */
export function toCells(graph: GraphBuilder, value: Value, format: DataFormat): string {
  return graph.op('Transpose', [toImage(graph, value, format)], { perm: [1, 2, 3, 0] });
}

/** The reverse: cells as a value of this shape, in Keras's order. */
export function fromCells(graph: GraphBuilder, cells: string, shape: Value['shape'], format: DataFormat): Value {
  return fromImage(graph.op('Transpose', [cells], { perm: [3, 0, 1, 2] }), shape, format);
}
