import type { LayerDefinition } from '../layer.ts';
import { activationLayer } from './activation.ts';
import { add } from './add.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { batchNormalization } from './batch-normalization.ts';
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
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { globalMaxPooling2d } from './global-max-pooling2d.ts';
import { inputLayer } from './input-layer.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { reLU } from './relu.ts';
import { rescaling } from './rescaling.ts';
import { separableConv1d } from './separable-conv1d.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { softmax } from './softmax.ts';
import { zeroPadding2d } from './zero-padding2d.ts';

/** Every layer that can be frozen. To add one: a file here, a line here, a case in `test/scripts/freeze/layers/`. */
export const LAYERS = [
  activationLayer,
  add,
  averagePooling2d,
  batchNormalization,
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
  dropout,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  inputLayer,
  maxPooling2d,
  reLU,
  rescaling,
  separableConv1d,
  separableConv2d,
  softmax,
  zeroPadding2d,
] as const satisfies readonly LayerDefinition[];

const BY_CLASS = new Map<string, LayerDefinition>(LAYERS.map((definition) => [definition.className, definition]));

/** The definition of a Keras class, or `undefined`. */
export function findLayer(className: string): LayerDefinition | undefined {
  return BY_CLASS.get(className);
}
