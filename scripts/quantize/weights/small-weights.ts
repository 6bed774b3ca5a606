import { type GraphProto, type NodeProto, TensorProto_DataType } from '#onnx';
import { GraphIndex, intAttribute, makeNode, makeTensor, nameMaker } from '../graph/nodes.ts';
import { outputAxis } from '../write/weights.ts';
import { quantizeRows, ZERO_POINT } from './quantized-rows.ts';

/** Smaller ones gain nothing. */
const LEAST = 1_024;
const WEIGHTED = ['Conv', 'Gemm', 'MatMul'];

/**
 * Stores the weights of convolutions and matrix products as a byte each, with a scale for each output channel: (byte - 128) * scale.
 * In place. The operators that turn them back have constants alone for inputs: onnxruntime runs them once, while it loads.
 * @returns how many bytes were saved
 */
export function storeWeightsSmall(graph: GraphProto): number {
  const index = new GraphIndex(graph);
  const free = nameMaker(graph);
  const nodes: NodeProto[] = [];
  let saved = 0;
  graph.initializer = graph.initializer.flatMap((tensor) => {
    const { name, dims } = tensor;
    const axis = weightAxis(index, name, dims.length);
    const values = axis === undefined ? undefined : index.floats(name);
    // NaN and infinity are no number of steps.
    if (axis === undefined || !values || values.length < LEAST || !values.every(Number.isFinite)) return [tensor];
    const outputs = Number(dims[axis]);
    const rows = axis === 0 ? values : turned(values, values.length / outputs, outputs);
    const { bytes, scales } = quantizeRows(rows, values.length / outputs);
    const stored = makeTensor(
      free(`${name}_bytes`),
      dims,
      axis === 0 ? bytes : turned(bytes, outputs, values.length / outputs),
    );
    const zero = makeTensor(free(`${name}_zero`), [], new Float32Array([ZERO_POINT]));
    const scaleDims = dims.map((size, i) => (i === axis ? size : 1n));
    const scale = makeTensor(free(`${name}_scale`), scaleDims, scales);
    const [wide, centred] = [free(`${stored.name}_wide`), free(`${stored.name}_centred`)];
    nodes.push(
      makeNode('Cast', [stored.name], wide, [intAttribute('to', TensorProto_DataType.FLOAT)]),
      makeNode('Sub', [wide, zero.name], centred),
      makeNode('Mul', [centred, scale.name], name),
    );
    saved += values.length * 3;
    return [stored, zero, scale];
  });
  graph.node = [...nodes, ...graph.node];
  return saved;
}

/** Which axis of a weight its outputs are, where all that read it agree; undefined where one does something else with it. */
function weightAxis(index: GraphIndex, name: string, rank: number): number | undefined {
  const axes = index.readers(name).map((node) => {
    const weighted = node.domain === '' && WEIGHTED.includes(node.opType) && node.input.indexOf(name) === 1;
    if (!weighted || (node.opType === 'Conv' ? rank < 3 : rank !== 2)) return undefined;
    return outputAxis(node);
  });
  return axes.every((axis) => axis === axes[0]) && !index.isOutput(name) ? axes[0] : undefined;
}

/** [rows, columns] -> [columns, rows] */
function turned<T extends Float32Array | Uint8Array>(values: T, rows: number, columns: number): T {
  const result = values.slice() as T;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c] as number;
  return result;
}
