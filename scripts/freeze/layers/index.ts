import type { LayerDefinition } from '../layer.ts';
import { activationLayer } from './activation.ts';
import { add } from './add.ts';
import { additiveAttention } from './additive-attention.ts';
import { attention } from './attention.ts';
import { average } from './average.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { bidirectional } from './bidirectional.ts';
import { concatenate } from './concatenate.ts';
import { conv1d } from './conv1d.ts';
import { conv1dTranspose } from './conv1d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv3d } from './conv3d.ts';
import { conv3dTranspose } from './conv3d-transpose.ts';
import { dense } from './dense.ts';
import { depthwiseConv1d } from './depthwise-conv1d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dot } from './dot.ts';
import { dropout } from './dropout.ts';
import { einsumDense } from './einsum-dense.ts';
import { elu } from './elu.ts';
import { embedding } from './embedding.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { globalMaxPooling2d } from './global-max-pooling2d.ts';
import { groupQueryAttention } from './group-query-attention.ts';
import { gru } from './gru.ts';
import { identity } from './identity.ts';
import { inputLayer } from './input-layer.ts';
import { leakyReLU } from './leaky-relu.ts';
import { lstm } from './lstm.ts';
import { masking } from './masking.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { multiply } from './multiply.ts';
import { prelu } from './prelu.ts';
import { reLU } from './relu.ts';
import { rescaling } from './rescaling.ts';
import { rnn } from './rnn.ts';
import { separableConv1d } from './separable-conv1d.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { simpleRNN } from './simple-rnn.ts';
import { softmax } from './softmax.ts';
import { subtract } from './subtract.ts';
import { thresholdedReLU } from './thresholded-relu.ts';
import { timeDistributed } from './time-distributed.ts';
import { zeroPadding2d } from './zero-padding2d.ts';

/** Every layer that can be frozen. To add one: a file here, a line here, a case in `test/scripts/freeze/layers/`. */
export const LAYERS = [
  activationLayer,
  add,
  additiveAttention,
  attention,
  average,
  averagePooling2d,
  batchNormalization,
  bidirectional,
  concatenate,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  dense,
  depthwiseConv1d,
  depthwiseConv2d,
  dot,
  dropout,
  einsumDense,
  elu,
  embedding,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  groupQueryAttention,
  gru,
  identity,
  inputLayer,
  leakyReLU,
  lstm,
  masking,
  maximum,
  maxPooling2d,
  minimum,
  multiHeadAttention,
  multiply,
  prelu,
  reLU,
  rescaling,
  rnn,
  separableConv1d,
  separableConv2d,
  simpleRNN,
  softmax,
  subtract,
  thresholdedReLU,
  timeDistributed,
  zeroPadding2d,
] as const satisfies readonly LayerDefinition[];

const BY_CLASS = new Map<string, LayerDefinition>(LAYERS.map((definition) => [definition.className, definition]));

/** The definition of a Keras class, or `undefined`. */
export function findLayer(className: string): LayerDefinition | undefined {
  return BY_CLASS.get(className);
}
