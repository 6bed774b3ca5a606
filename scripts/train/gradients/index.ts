import { LAYERS, type LayerDefinition } from '#convert';
import { ACTIVATION_LAYERS } from './activation-layers.ts';
import { CONVOLUTIONS } from './convolutions.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { MERGING } from './merging.ts';
import { NORMALIZATION } from './normalization.ts';
import { POOLING } from './pooling.ts';
import type { GradientRule } from './rule.ts';
import { SHAPES } from './shapes.ts';

/**
 * Every layer that can be trained, by Keras's class name. To add one: its rule in the table of a file beside this one, a
 * case in `test/scripts/train/gradients/cases.ts`.
 */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = {
  ...ACTIVATION_LAYERS,
  ...CONVOLUTIONS,
  ...MERGING,
  ...NORMALIZATION,
  ...POOLING,
  ...SHAPES,
  Dense: dense,
  Dropout: dropout,
};

/** How this layer is trained. An operator may have the class name of a layer (`Add`): it has no rule. */
export function ruleOf(definition: LayerDefinition): GradientRule | undefined {
  const { className } = definition;
  const isLayer = (LAYERS as readonly LayerDefinition[]).includes(definition);
  return isLayer && Object.hasOwn(GRADIENT_RULES, className) ? GRADIENT_RULES[className] : undefined;
}
