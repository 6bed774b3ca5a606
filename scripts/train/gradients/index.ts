import { LAYERS, type LayerDefinition } from '#convert';
import { activationLayer, reLU, softmax } from './activation-layers.ts';
import { conv2d, depthwiseConv2d, separableConv2d } from './convolutions.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { add, concatenate } from './merging.ts';
import { batchNormalization, rescaling } from './normalization.ts';
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from './pooling.ts';
import type { GradientRule } from './rule.ts';
import { flatten, inputLayer, zeroPadding2d } from './shapes.ts';

/**
 * Every layer that can be trained, by Keras's class name. To add one: its rule in a file beside this one, a line here, a
 * case in `test/scripts/train/gradients/cases.ts`.
 */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = {
  Activation: activationLayer,
  Add: add,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv2D: conv2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Dropout: dropout,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  InputLayer: inputLayer,
  MaxPooling2D: maxPooling2d,
  ReLU: reLU,
  Rescaling: rescaling,
  SeparableConv2D: separableConv2d,
  Softmax: softmax,
  ZeroPadding2D: zeroPadding2d,
};

/** How this layer is trained. An operator may have the class name of a layer (`Add`): it has no rule. */
export function ruleOf(definition: LayerDefinition): GradientRule | undefined {
  const { className } = definition;
  const isLayer = (LAYERS as readonly LayerDefinition[]).includes(definition);
  return isLayer && Object.hasOwn(GRADIENT_RULES, className) ? GRADIENT_RULES[className] : undefined;
}
