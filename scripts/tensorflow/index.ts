export { type Attributes, datatypeOf, flagOf, type NodeAttribute, numberOf, numbers, textOf } from './attributes.ts';
export { bfloat16ToNumber, float16ToNumber } from './float16.ts';
export {
  type DecodedWeight,
  type Edge,
  type GraphInput,
  type GraphModel,
  type GraphNode,
  isInput,
  readGraph,
} from './graph-model.ts';
export {
  type LiteEnd,
  type LiteModel,
  type LiteOperator,
  type LiteOptions,
  looksLikeLite,
  readLite,
} from './lite/lite-model.ts';
export { LITE_METADATA, type LiteMetadata, readLiteMetadata } from './lite/metadata.ts';
export { ACTIVATIONS, type LiteType } from './lite/schema.ts';
export type { LiteQuantization, LiteTensor } from './lite/tensors.ts';
export { liteNumbers, READ_TYPES } from './lite/values.ts';
