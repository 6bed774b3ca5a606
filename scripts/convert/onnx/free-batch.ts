import { create } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type TensorProto,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
} from '#onnx';

/** The batch axis of inputs and outputs, as every frozen graph calls it. */
export const BATCH_AXIS = 'batch';

/**
 * Frees a batch axis that the export fixed at 1, in place: in the declared shapes, and in `Reshape`s to a constant shape
 * that begins with 1 (0 stands for the size that comes in). Whether the graph then answers the same is for the caller to try.
 */
export function freeBatch(graph: GraphProto): void {
  for (const info of [...graph.input, ...graph.output]) freeFirstAxis(info);
  // Sizes noted for values in between were worked out for a batch of 1.
  graph.valueInfo = [];
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const [value] = node.attribute.filter(({ name }) => name === 'value');
    if (node.opType === 'Constant' && value?.t) constants.set(node.output[0] ?? '', value.t);
  }
  const done = new Set<TensorProto>();
  for (const { opType, input } of graph.node) {
    const shape = opType === 'Reshape' ? constants.get(input[1] ?? '') : undefined;
    if (shape && !done.has(shape)) freeShape(shape);
    if (shape) done.add(shape);
  }
}

function freeFirstAxis({ type }: ValueInfoProto): void {
  if (type?.value.case !== 'tensorType') return;
  const dims = type.value.value.shape?.dim;
  if (dims?.[0]) dims[0] = create(TensorShapeProto_DimensionSchema, { value: { case: 'dimParam', value: BATCH_AXIS } });
}

function freeShape(shape: TensorProto): void {
  if (shape.dataType !== TensorProto_DataType.INT64 || shape.dims.length !== 1) return;
  if (shape.int64Data[0] === 1n) shape.int64Data[0] = 0n;
  else if (shape.rawData.length >= 8) {
    // A copy: the bytes are a view into the file.
    const raw = Uint8Array.from(shape.rawData);
    const view = new DataView(raw.buffer);
    if (view.getBigInt64(0, true) === 1n) view.setBigInt64(0, 0n, true);
    shape.rawData = raw;
  }
}
