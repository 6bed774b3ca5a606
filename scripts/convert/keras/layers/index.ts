import type { LayerDefinition } from '../layer.ts';
import { activationLayer } from './activation.ts';
import { ADAPTIVE_POOLING_LAYERS } from './adaptive-pooling.ts';
import { additiveAttention } from './additive-attention.ts';
import { attention } from './attention.ts';
import { autoContrast } from './auto-contrast.ts';
import { batchNormalization } from './batch-normalization.ts';
import { bidirectional } from './bidirectional.ts';
import { BORDER_LAYERS } from './borders.ts';
import { CATEGORY_LAYERS } from './categories.ts';
import { centerCrop } from './center-crop.ts';
import { concatenate } from './concatenate.ts';
import { CONVOLUTION_LAYERS } from './convolutions.ts';
import { dense } from './dense.ts';
import { DEPTHWISE_LAYERS } from './depthwise-convolutions.ts';
import { dot } from './dot.ts';
import { einsumDense } from './einsum-dense.ts';
import { embedding } from './embedding.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling1d } from './global-average-pooling1d.ts';
import { groupQueryAttention } from './group-query-attention.ts';
import { identity } from './identity.ts';
import { inputLayer } from './input-layer.ts';
import { layerScale } from './layer-scale.ts';
import { masking } from './masking.ts';
import { MERGING_LAYERS } from './merging.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { normalization } from './normalization.ts';
import { permute } from './permute.ts';
import { POOLING_LAYERS } from './pooling.ts';
import { prelu } from './prelu.ts';
import { randomCrop } from './random-crop.ts';
import { RECTIFIER_LAYERS } from './rectifiers.ts';
import { RECURRENT_LAYERS } from './recurrent.ts';
import { repeatVector } from './repeat-vector.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { resizing } from './resizing.ts';
import { SAMPLE_NORMALIZATION_LAYERS } from './sample-normalization.ts';
import { softmax } from './softmax.ts';
import { spectralNormalization } from './spectral-normalization.ts';
import { timeDistributed } from './time-distributed.ts';
import { TRAINING_ONLY_LAYERS } from './training-only.ts';
import { TRANSPOSED_CONVOLUTION_LAYERS } from './transposed-convolutions.ts';
import { UP_SAMPLING_LAYERS } from './up-sampling.ts';

/**
 * Every layer that can be frozen, by its name. To add one: a row in its family's table, or a file here and a line below; a
 * case in `test/scripts/convert/keras/layers/`; a rule in the evaluator. Failing tests name what is missing.
 */
export const LAYERS: readonly LayerDefinition[] = [
  ...ADAPTIVE_POOLING_LAYERS,
  ...BORDER_LAYERS,
  ...CATEGORY_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...DEPTHWISE_LAYERS,
  ...MERGING_LAYERS,
  ...POOLING_LAYERS,
  ...RECTIFIER_LAYERS,
  ...RECURRENT_LAYERS,
  ...SAMPLE_NORMALIZATION_LAYERS,
  ...TRAINING_ONLY_LAYERS,
  ...TRANSPOSED_CONVOLUTION_LAYERS,
  ...UP_SAMPLING_LAYERS,
  activationLayer,
  additiveAttention,
  attention,
  autoContrast,
  batchNormalization,
  bidirectional,
  centerCrop,
  concatenate,
  dense,
  dot,
  einsumDense,
  embedding,
  flatten,
  globalAveragePooling1d,
  groupQueryAttention,
  identity,
  inputLayer,
  layerScale,
  masking,
  multiHeadAttention,
  normalization,
  permute,
  prelu,
  randomCrop,
  repeatVector,
  rescaling,
  reshape,
  resizing,
  softmax,
  spectralNormalization,
  timeDistributed,
].sort((a, b) => a.className.localeCompare(b.className, 'en'));

const BY_CLASS = new Map(LAYERS.map((definition) => [definition.className, definition]));

/** The definition of a Keras class, or `undefined`. */
export function findLayer(className: string): LayerDefinition | undefined {
  return BY_CLASS.get(className);
}
