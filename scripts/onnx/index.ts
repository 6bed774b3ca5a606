export { checkInterface } from './check/check-interface.ts';
export { checkOnnx } from './check/check-onnx.ts';
export { externalTensors, takeInExternal } from './check/external-data.ts';
export { looksLikeOnnx, MAX_ONNX_BYTES, ONNX_HEAD_BYTES, parseOnnx } from './check/parse-onnx.ts';
export { allTensors, subgraphs, unusedName } from './check/walk.ts';
export { type Attribute, DATATYPE_NUMBERS, type Datatype, GraphBuilder, type Value } from './graph.ts';
export {
  asKeras,
  broadcastDims,
  channelAxis,
  channelsOf,
  type DataFormat,
  fixed,
  fromImage,
  imageLayout,
  imageShape,
  memoryAxis,
  memoryOrder,
  renamed,
  spatialOf,
  toImage,
} from './layout.ts';
export { cellsBetween, INTERPOLATIONS, type Interpolation, nearestCells, resamplingMatrix } from './resampling.ts';
export {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema/onnx_pb.ts';
export {
  effectiveKernel,
  maxPoolAttributes,
  type Padding,
  type Window,
  windowAttributes,
  windowOutput,
  windowPads,
} from './window.ts';
