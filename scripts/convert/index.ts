export { freezeModel, freezePlan } from './freeze.ts';
export { ACTIVATIONS, type Activation, KERAS3_ACTIVATIONS, SELU } from './keras/activations/index.ts';
export {
  type EmitContext,
  type LayerDefinition,
  single,
  type WeightTransform,
} from './keras/layer.ts';
export { along, type BatchNormalizationConfig } from './keras/layers/batch-normalization.ts';
export { crop, onAllAxes, type PaddingConfig } from './keras/layers/borders.ts';
export {
  type ConvolutionConfig,
  convolution,
  convolutionShape,
  convolutionWeights,
  convolutionWindow,
  type WindowConfig,
} from './keras/layers/convolutions.ts';
export { affine, type DenseConfig } from './keras/layers/dense.ts';
export {
  type DepthwiseConfig,
  depthwise,
  pointwise,
  type SeparableConfig,
} from './keras/layers/depthwise-convolutions.ts';
export { LAYERS } from './keras/layers/index.ts';
export { alignShape } from './keras/layers/merging.ts';
export {
  type GlobalPoolingConfig,
  type PoolingConfig,
  pool,
  poolingShape,
  poolingWindow,
  spatialAxes,
} from './keras/layers/pooling.ts';
export { perChannel } from './keras/layers/rescaling.ts';
export { OPERATORS, REFUSED_OPERATORS } from './keras/operators/index.ts';
export { limitsOf, scalingOf, unscalingOf } from './onnx/affine.ts';
export { appendCast, appendScaling, appendSigmoid, prependPicture, prependScaling } from './onnx/edit-onnx.ts';
export { BATCH_AXIS, freeBatch } from './onnx/free-batch.ts';
export type { Classes } from './onnx/interface/classes.ts';
export { type Classifier, plainInterface } from './onnx/interface/plain-interface.ts';
export { keepPadding } from './onnx/keep-padding.ts';
export { rangeOfFactors, rangeOfMeans } from './picture-range.ts';
export {
  type FreezePlan,
  type LayerPlan,
  lastActivation,
  multiplications,
  planFreeze,
  planLayers,
  readersOf,
  weightSpecs,
} from './plan/plan.ts';
export { definitionOf, type ResolvedLayer, resolveLayers } from './plan/resolve-layers.ts';
export { emitGraph } from './tensorflow/emit-graph.ts';
export { type EmitLiteOptions, type EmittedEnd, type EmittedLite, emitLite } from './tflite/emit-lite.ts';
export { LITE_OPERATORS } from './tflite/operators/index.ts';
