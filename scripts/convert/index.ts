export { freezeModel } from './freeze.ts';
export { ACTIVATIONS, KERAS3_ACTIVATIONS } from './keras/activations/index.ts';
export {
  type ConvolutionConfig,
  convolution,
  convolutionShape,
  convolutionWeights,
  convolutionWindow,
  type WindowConfig,
} from './keras/families/convolution.ts';
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
  type Saved,
  single,
  type TrainContext,
  type WeightTransform,
} from './keras/layer.ts';
export { LAYERS } from './keras/layers/index.ts';
export { OPERATORS } from './keras/operators/index.ts';
export { limitsOf, scalingOf, unscalingOf } from './onnx/affine.ts';
export { appendScaling, prependPicture, prependScaling } from './onnx/edit-onnx.ts';
export { BATCH_AXIS, freeBatch } from './onnx/free-batch.ts';
export { keepPadding } from './onnx/keep-padding.ts';
export { type FreezePlan, type PlannedNode, planFreeze, readersOf, weightSpecs } from './plan/plan.ts';
export { definitionOf, resolveLayers } from './plan/resolve-layers.ts';
export { emitGraph } from './tensorflow/emit-graph.ts';
