export { freezeModel } from './freeze.ts';
export { ACTIVATIONS, activate, KERAS3_ACTIVATIONS, SELU } from './keras/activations/index.ts';
export type { PaddingConfig } from './keras/families/border-layers.ts';
export { crop, onAllAxes } from './keras/families/borders.ts';
export {
  type ConvolutionConfig,
  convolution,
  convolutionShape,
  convolutionWeights,
  convolutionWindow,
  depthwise,
  type WindowConfig,
} from './keras/families/convolution.ts';
export { type DepthwiseConfig, pointwise, type SeparableConfig } from './keras/families/depthwise.ts';
export { alignShape } from './keras/families/merge.ts';
export {
  type GlobalPoolingConfig,
  type PoolingConfig,
  pool,
  poolingShape,
  poolingWindow,
  spatialAxes,
} from './keras/families/pooling.ts';
export {
  type EmitContext,
  type LayerDefinition,
  single,
  type WeightTransform,
} from './keras/layer.ts';
export { along, type BatchNormalizationConfig } from './keras/layers/batch-normalization.ts';
export { affine, type DenseConfig } from './keras/layers/dense.ts';
export { LAYERS } from './keras/layers/index.ts';
export { perChannel } from './keras/layers/rescaling.ts';
export { OPERATORS } from './keras/operators/index.ts';
export { limitsOf, scalingOf, unscalingOf } from './onnx/affine.ts';
export { appendScaling, prependPicture, prependScaling } from './onnx/edit-onnx.ts';
export { BATCH_AXIS, freeBatch } from './onnx/free-batch.ts';
export { keepPadding } from './onnx/keep-padding.ts';
export { type FreezePlan, type PlannedNode, planFreeze, readersOf, weightSpecs } from './plan/plan.ts';
export { definitionOf, type ResolvedLayer, resolveLayers } from './plan/resolve-layers.ts';
export { emitGraph } from './tensorflow/emit-graph.ts';
