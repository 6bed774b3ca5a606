import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  unusedName,
  type ValueInfoProto,
} from '#onnx';
import { heldApart } from '../held-apart.ts';
import { renameValue } from './rename.ts';

/** Numbers of 16 bits: no request holds them, and float32 holds each of theirs exactly. */
const HALF = new Set<number>([TensorProto_DataType.FLOAT16, TensorProto_DataType.BFLOAT16]);

/**
 * Makes inputs and outputs of 16 bits float32, under the same names. In place. The Casts are held apart from what computes:
 * onnxruntime computes in float32 what no processor has for 16 bits, and takes out Casts that follow each other. Numbers
 * would no longer be rounded.
 * @returns their names
 */
export function widenHalves(graph: GraphProto): string[] {
  const inputs = graph.input.filter(isHalf);
  const outputs = graph.output.filter(isHalf);
  const first: NodeProto[] = [];
  for (const info of inputs) {
    const [inner, rounded] = [unusedName(graph, `${info.name}_half`), unusedName(graph, `${info.name}_rounded`)];
    renameValue(graph, info.name, inner);
    first.push(cast(info.name, rounded, tensorOf(info).elemType), ...heldApart(rounded, inner));
    tensorOf(info).elemType = TensorProto_DataType.FLOAT;
  }
  const last: NodeProto[] = [];
  const given = new Set(inputs.map(({ name }) => name));
  for (const info of outputs) {
    tensorOf(info).elemType = TensorProto_DataType.FLOAT;
    // What is handed through is one value, which no Cast can stand in front of and behind.
    if (given.has(info.name)) continue;
    const [inner, rounded] = [unusedName(graph, `${info.name}_half`), unusedName(graph, `${info.name}_rounded`)];
    renameValue(graph, info.name, inner);
    for (const weight of graph.initializer) if (weight.name === info.name) weight.name = inner;
    last.push(...heldApart(inner, rounded), cast(rounded, info.name, TensorProto_DataType.FLOAT));
  }
  graph.node = [...first, ...graph.node, ...last];
  return [...new Set([...inputs, ...outputs].map(({ name }) => name))];
}

function isHalf({ type }: ValueInfoProto): boolean {
  return type?.value.case === 'tensorType' && HALF.has(type.value.value.elemType);
}

function tensorOf({ type }: ValueInfoProto): { elemType: number } {
  if (type?.value.case !== 'tensorType') throw new Error('no tensor');
  return type.value.value;
}

function cast(from: string, to: string, elemType: number): NodeProto {
  const type = AttributeProto_AttributeType.INT;
  return create(NodeProtoSchema, {
    name: `freezeframe_${to}_Cast`,
    opType: 'Cast',
    input: [from],
    output: [to],
    attribute: [create(AttributeProtoSchema, { name: 'to', type, i: BigInt(elemType) })],
  });
}
