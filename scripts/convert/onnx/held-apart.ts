import { create } from '@bufbuild/protobuf';
import { type NodeProto, NodeProtoSchema } from '#onnx';

/**
 * The same value in its own shape, which onnxruntime neither copies nor takes out: what it makes one operator of where two
 * stand next to each other stays two.
 */
export function heldApart(from: string, to: string): NodeProto[] {
  const shape = `${to}_shape`;
  return [plainNode('Shape', [from], shape), plainNode('Reshape', [from, shape], to)];
}

function plainNode(opType: string, input: string[], output: string): NodeProto {
  return create(NodeProtoSchema, { name: `freezeframe_${output}_${opType}`, opType, input, output: [output] });
}
