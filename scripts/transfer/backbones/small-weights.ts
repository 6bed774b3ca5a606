import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  DATATYPE_NUMBERS,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  unusedName,
} from '#onnx';
import { quantizeRows, ZERO_POINT } from '../quantized-rows.ts';

/** Smaller ones gain nothing. */
const LEAST = 1_024;

/**
 * Stores the weights of convolutions as a byte each, with a scale for each output channel: (byte - 128) * scale. In place. The
 * operators that turn them back have constants alone for inputs: onnxruntime runs them once, while it loads.
 * @returns how many bytes were saved
 */
export function storeWeightsSmall(graph: GraphProto): number {
  let saved = 0;
  const kept: TensorProto[] = [];
  const nodes: NodeProto[] = [];
  for (const tensor of graph.initializer) {
    const size = tensor.rawData.length / 4;
    const used = graph.node.some(({ opType, input }) => opType === 'Conv' && input[1] === tensor.name);
    if (!used || tensor.dataType !== TensorProto_DataType.FLOAT || size < LEAST) {
      kept.push(tensor);
      continue;
    }
    const { bytes, scales } = quantizeRows(floatsOf(tensor), size / Number(tensor.dims[0]));
    const stored = constant(graph, `${tensor.name}_bytes`, 'uint8', tensor.dims, bytes);
    const zero = constant(graph, `${tensor.name}_zero`, 'float32', [], new Float32Array([ZERO_POINT]));
    const scaleDims = tensor.dims.map((size, axis) => (axis === 0 ? size : 1n));
    const scale = constant(graph, `${tensor.name}_scale`, 'float32', scaleDims, scales);
    kept.push(stored, zero, scale);
    const [wide, centred] = [`${stored.name}_wide`, `${stored.name}_centred`];
    nodes.push(
      node('Cast', [stored.name], wide, [intAttribute('to', DATATYPE_NUMBERS.float32)]),
      node('Sub', [wide, zero.name], centred),
      node('Mul', [centred, scale.name], tensor.name),
    );
    saved += size * 3;
  }
  graph.initializer = kept;
  graph.node = [...nodes, ...graph.node];
  return saved;
}

function floatsOf({ rawData }: TensorProto): Float32Array {
  const aligned = rawData.byteOffset % 4 === 0 ? rawData : Uint8Array.from(rawData);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

function constant(
  graph: GraphProto,
  name: string,
  datatype: 'uint8' | 'float32',
  dims: readonly bigint[],
  data: Uint8Array | Float32Array,
): TensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return create(TensorProtoSchema, {
    name: unusedName(graph, name),
    dataType: DATATYPE_NUMBERS[datatype],
    dims: [...dims],
    rawData,
  });
}

function node(opType: string, input: string[], output: string, attribute: NodeProto['attribute'] = []): NodeProto {
  return create(NodeProtoSchema, { name: output, opType, input, output: [output], attribute });
}

function intAttribute(name: string, value: number) {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}
