import type { LayerDefinition } from '../layer.ts';
import { activationLayer } from './activation.ts';
import { activityRegularization } from './activity-regularization.ts';
import { adaptiveAveragePooling1d } from './adaptive-average-pooling1d.ts';
import { adaptiveAveragePooling2d } from './adaptive-average-pooling2d.ts';
import { adaptiveAveragePooling3d } from './adaptive-average-pooling3d.ts';
import { adaptiveMaxPooling1d } from './adaptive-max-pooling1d.ts';
import { adaptiveMaxPooling2d } from './adaptive-max-pooling2d.ts';
import { adaptiveMaxPooling3d } from './adaptive-max-pooling3d.ts';
import { add } from './add.ts';
import { additiveAttention } from './additive-attention.ts';
import { alphaDropout } from './alpha-dropout.ts';
import { attention } from './attention.ts';
import { augMix } from './aug-mix.ts';
import { autoContrast } from './auto-contrast.ts';
import { average } from './average.ts';
import { averagePooling1d } from './average-pooling1d.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { averagePooling3d } from './average-pooling3d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { bidirectional } from './bidirectional.ts';
import { categoryEncoding } from './category-encoding.ts';
import { centerCrop } from './center-crop.ts';
import { concatenate } from './concatenate.ts';
import { convLSTM1d } from './conv-lstm1d.ts';
import { convLSTM2d } from './conv-lstm2d.ts';
import { convLSTM3d } from './conv-lstm3d.ts';
import { conv1d } from './conv1d.ts';
import { conv1dTranspose } from './conv1d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv3d } from './conv3d.ts';
import { conv3dTranspose } from './conv3d-transpose.ts';
import { cropping1d } from './cropping1d.ts';
import { cropping2d } from './cropping2d.ts';
import { cropping3d } from './cropping3d.ts';
import { customScaleLayer } from './custom-scale-layer.ts';
import { cutMix } from './cut-mix.ts';
import { dense } from './dense.ts';
import { depthwiseConv1d } from './depthwise-conv1d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { discretization } from './discretization.ts';
import { dot } from './dot.ts';
import { dropout } from './dropout.ts';
import { einsumDense } from './einsum-dense.ts';
import { elu } from './elu.ts';
import { embedding } from './embedding.ts';
import { equalization } from './equalization.ts';
import { flatten } from './flatten.ts';
import { gaussianDropout } from './gaussian-dropout.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { globalAveragePooling1d } from './global-average-pooling1d.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { globalAveragePooling3d } from './global-average-pooling3d.ts';
import { globalMaxPooling1d } from './global-max-pooling1d.ts';
import { globalMaxPooling2d } from './global-max-pooling2d.ts';
import { globalMaxPooling3d } from './global-max-pooling3d.ts';
import { groupNormalization } from './group-normalization.ts';
import { groupQueryAttention } from './group-query-attention.ts';
import { gru } from './gru.ts';
import { identity } from './identity.ts';
import { inputLayer } from './input-layer.ts';
import { integerLookup } from './integer-lookup.ts';
import { layerNormalization } from './layer-normalization.ts';
import { layerScale } from './layer-scale.ts';
import { leakyReLU } from './leaky-relu.ts';
import { lstm } from './lstm.ts';
import { masking } from './masking.ts';
import { maxNumBoundingBoxes } from './max-num-bounding-boxes.ts';
import { maxPooling1d } from './max-pooling1d.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { maxPooling3d } from './max-pooling3d.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { mixUp } from './mix-up.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { multiply } from './multiply.ts';
import { normalization } from './normalization.ts';
import { permute } from './permute.ts';
import { prelu } from './prelu.ts';
import { randAugment } from './rand-augment.ts';
import { randomBrightness } from './random-brightness.ts';
import { randomColorDegeneration } from './random-color-degeneration.ts';
import { randomColorJitter } from './random-color-jitter.ts';
import { randomContrast } from './random-contrast.ts';
import { randomCrop } from './random-crop.ts';
import { randomElasticTransform } from './random-elastic-transform.ts';
import { randomErasing } from './random-erasing.ts';
import { randomFlip } from './random-flip.ts';
import { randomGaussianBlur } from './random-gaussian-blur.ts';
import { randomGrayscale } from './random-grayscale.ts';
import { randomHeight } from './random-height.ts';
import { randomHue } from './random-hue.ts';
import { randomInvert } from './random-invert.ts';
import { randomPerspective } from './random-perspective.ts';
import { randomPosterization } from './random-posterization.ts';
import { randomRotation } from './random-rotation.ts';
import { randomSaturation } from './random-saturation.ts';
import { randomSharpness } from './random-sharpness.ts';
import { randomShear } from './random-shear.ts';
import { randomTranslation } from './random-translation.ts';
import { randomWidth } from './random-width.ts';
import { randomZoom } from './random-zoom.ts';
import { reLU } from './relu.ts';
import { repeatVector } from './repeat-vector.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { resizing } from './resizing.ts';
import { rmsNormalization } from './rms-normalization.ts';
import { rnn } from './rnn.ts';
import { separableConv1d } from './separable-conv1d.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { simpleRNN } from './simple-rnn.ts';
import { softmax } from './softmax.ts';
import { solarization } from './solarization.ts';
import { spatialDropout1d } from './spatial-dropout1d.ts';
import { spatialDropout2d } from './spatial-dropout2d.ts';
import { spatialDropout3d } from './spatial-dropout3d.ts';
import { spectralNormalization } from './spectral-normalization.ts';
import { stochasticDepth } from './stochastic-depth.ts';
import { subtract } from './subtract.ts';
import { thresholdedReLU } from './thresholded-relu.ts';
import { timeDistributed } from './time-distributed.ts';
import { unitNormalization } from './unit-normalization.ts';
import { upSampling1d } from './up-sampling1d.ts';
import { upSampling2d } from './up-sampling2d.ts';
import { upSampling3d } from './up-sampling3d.ts';
import { zeroPadding1d } from './zero-padding1d.ts';
import { zeroPadding2d } from './zero-padding2d.ts';
import { zeroPadding3d } from './zero-padding3d.ts';

/** Every layer that can be frozen. To add one: a file here, a line here, a case in `test/scripts/convert/keras/layers/`. */
export const LAYERS = [
  activationLayer,
  activityRegularization,
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
  add,
  additiveAttention,
  alphaDropout,
  attention,
  augMix,
  autoContrast,
  average,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  batchNormalization,
  bidirectional,
  categoryEncoding,
  centerCrop,
  concatenate,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  convLSTM1d,
  convLSTM2d,
  convLSTM3d,
  cropping1d,
  cropping2d,
  cropping3d,
  customScaleLayer,
  cutMix,
  dense,
  depthwiseConv1d,
  depthwiseConv2d,
  discretization,
  dot,
  dropout,
  einsumDense,
  elu,
  embedding,
  equalization,
  flatten,
  gaussianDropout,
  gaussianNoise,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  groupNormalization,
  groupQueryAttention,
  gru,
  identity,
  inputLayer,
  integerLookup,
  layerNormalization,
  layerScale,
  leakyReLU,
  lstm,
  masking,
  maximum,
  maxNumBoundingBoxes,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  minimum,
  mixUp,
  multiHeadAttention,
  multiply,
  normalization,
  permute,
  prelu,
  randAugment,
  randomBrightness,
  randomColorDegeneration,
  randomColorJitter,
  randomContrast,
  randomCrop,
  randomElasticTransform,
  randomErasing,
  randomFlip,
  randomGaussianBlur,
  randomGrayscale,
  randomHeight,
  randomHue,
  randomInvert,
  randomPerspective,
  randomPosterization,
  randomRotation,
  randomSaturation,
  randomSharpness,
  randomShear,
  randomTranslation,
  randomWidth,
  randomZoom,
  reLU,
  repeatVector,
  rescaling,
  reshape,
  resizing,
  rmsNormalization,
  rnn,
  separableConv1d,
  separableConv2d,
  simpleRNN,
  softmax,
  solarization,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  spectralNormalization,
  stochasticDepth,
  subtract,
  thresholdedReLU,
  timeDistributed,
  unitNormalization,
  upSampling1d,
  upSampling2d,
  upSampling3d,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
] as const satisfies readonly LayerDefinition[];

const BY_CLASS = new Map<string, LayerDefinition>(LAYERS.map((definition) => [definition.className, definition]));

/** The definition of a Keras class, or `undefined`. */
export function findLayer(className: string): LayerDefinition | undefined {
  return BY_CLASS.get(className);
}
