import type { LayerDefinition } from '../layer.ts';
import { activationLayer } from './activation.ts';
import { add } from './add.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { concatenate } from './concatenate.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { globalMaxPooling2d } from './global-max-pooling2d.ts';
import { inputLayer } from './input-layer.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { reLU } from './relu.ts';
import { rescaling } from './rescaling.ts';
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
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  inputLayer,
  maxPooling2d,
  reLU,
  rescaling,
  separableConv2d,
  softmax,
  zeroPadding2d,
] as const satisfies readonly LayerDefinition[];

const BY_CLASS = new Map<string, LayerDefinition>(LAYERS.map((definition) => [definition.className, definition]));

/** The definition of a Keras class, or `undefined`. */
export function findLayer(className: string): LayerDefinition | undefined {
  return BY_CLASS.get(className);
}
