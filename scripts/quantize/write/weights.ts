import type { NodeProto, TensorProto } from '#onnx';
import { type GraphIndex, numberOf } from '../graph/nodes.ts';
import { type Scale, type StoredWeights, storeWeights } from './scales.ts';

/** The axis of its weights that is its output's channels. */
export function outputAxis(node: NodeProto): number {
  if (node.opType === 'Conv') return 0;
  return node.opType === 'Gemm' && numberOf(node, 'transB', 0) === 1 ? 0 : 1;
}

/** A product of matrices has none of its own. */
export function hasBias({ opType }: NodeProto): boolean {
  return opType !== 'MatMul';
}

/**
 * @param means of each channel of what the node reads; a product of matrices has no bias that they could be told to
 * @returns undefined where int32 may overflow
 */
export function storedWeightsOf(
  node: NodeProto,
  index: GraphIndex,
  means: Float64Array | undefined,
  input: Scale,
): (StoredWeights & { readonly dims: readonly number[] }) | undefined {
  const tensor = index.constant(node.input[1]) as TensorProto;
  const dims = tensor.dims.map(Number);
  const values = index.floats(node.input[1]) as Float32Array;
  const bias = index.floats(node.input[2]);
  const axis = outputAxis(node);
  const outputs = dims[axis] as number;
  const each = values.length / outputs;
  const rows = axis === 0 ? values : transposed(values, each, outputs);
  const places = node.opType === 'Conv' ? dims.slice(2).reduce((size, one) => size * one, 1) : 1;
  const channels = node.opType === 'Conv' ? (dims[1] as number) : each;
  const groups = node.opType === 'Conv' ? numberOf(node, 'group', 1) : 1;
  const meanOf = (output: number, position: number) => {
    const group = Math.floor((output * groups) / outputs);
    return means?.[group * channels + Math.floor(position / places)] ?? 0;
  };
  const made = storeWeights({ rows, outputs, bias, meanOf }, input);
  return made && { ...made, dims, bytes: axis === 0 ? made.bytes : transposed(made.bytes, outputs, each) };
}

/** [rows, columns] -> [columns, rows] */
function transposed<T extends Float32Array | Int8Array>(values: T, rows: number, columns: number): T {
  const result = values.slice() as T;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c] as number;
  return result;
}
