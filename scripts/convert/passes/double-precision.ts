import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
} from '#onnx';

const { FLOAT, DOUBLE } = TensorProto_DataType;

/** What onnxruntime's CPU kernels compute in double precision as well, and a network for tables is made of. */
export const WIDE: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'MatMul', 'Gemm', 'Relu', 'Sigmoid', 'Tanh', 'Softmax', 'Exp', 'Sqrt'],
  ...['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Concat', 'Transpose'],
]);

/**
 * Computes a small graph in double precision: its answers are then the nearest that single precision can say, on every
 * processor. In single precision the order of sums shows: 3 cents of a house's price, by a last digit of 2^-25. The
 * weights are the same numbers, inputs and outputs keep their datatypes, and what the graph itself casts to single
 * precision is rounded to it still. A graph with other operators is answered as it is.
 */
export function inDoublePrecision(onnx: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const { graph } = model;
  if (!graph?.node.every(({ opType }) => WIDE.has(opType))) return onnx;
  widen(graph);
  return toBinary(ModelProtoSchema, model);
}

function widen(graph: GraphProto): void {
  for (const initializer of graph.initializer) widenTensor(initializer);
  const single = new Set(graph.input.filter((value) => isSingle(value)).map(({ name }) => name));
  const inputs = [...single].map((name) => cast(name, `${name}#double`, DOUBLE));
  const nodes = graph.node.flatMap((node) => {
    node.input = node.input.map((name) => (single.has(name) ? `${name}#double` : name));
    if (!isCastToSingle(node)) return [node];
    // Rounds, as the cast did; everything around it is wide.
    const [name] = node.output as [string];
    node.output = [`${name}#single`];
    return [node, cast(`${name}#single`, name, DOUBLE)];
  });
  const outputs = graph.output.filter((value) => isSingle(value)).map(({ name }) => name);
  for (const node of nodes) {
    node.output = node.output.map((name) => (outputs.includes(name) ? `${name}#double` : name));
    node.input = node.input.map((name) => (outputs.includes(name) ? `${name}#double` : name));
  }
  graph.node = [...inputs, ...nodes, ...outputs.map((name) => cast(`${name}#double`, name, FLOAT))];
}

function widenTensor(tensor: TensorProto): void {
  if (tensor.dataType !== FLOAT) return;
  const bytes = tensor.rawData.slice();
  const values = Float64Array.from(new Float32Array(bytes.buffer, 0, bytes.length / 4));
  tensor.rawData = new Uint8Array(values.buffer);
  tensor.dataType = DOUBLE;
}

function isSingle({ type }: GraphProto['input'][number]): boolean {
  return type?.value.case === 'tensorType' && type.value.value.elemType === FLOAT;
}

function isCastToSingle({ opType, attribute }: NodeProto): boolean {
  return opType === 'Cast' && attribute.some(({ name, i }) => name === 'to' && Number(i) === FLOAT);
}

function cast(input: string, output: string, to: number): NodeProto {
  const attribute = create(AttributeProtoSchema, { name: 'to', type: AttributeProto_AttributeType.INT, i: BigInt(to) });
  return create(NodeProtoSchema, {
    name: `${output}#cast`,
    opType: 'Cast',
    input: [input],
    output: [output],
    attribute: [attribute],
  });
}
