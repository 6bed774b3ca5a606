import { type Rule, rules } from './call.ts';
import { ACTIVATION_LAYERS } from './kinds/activations.ts';
import { ATTENTIONS } from './kinds/attention.ts';
import { CATEGORIES } from './kinds/categories.ts';
import { CONVOLUTIONS } from './kinds/convolution.ts';
import { CONVOLUTION_LSTMS } from './kinds/convolution-lstm.ts';
import { CORE } from './kinds/core.ts';
import { MERGES } from './kinds/merging.ts';
import { NORMALIZATIONS } from './kinds/normalization.ts';
import { FUNCTION_LAYERS, keras3Operator } from './kinds/operators.ts';
import { POOLINGS } from './kinds/pooling.ts';
import { PREPROCESSING } from './kinds/preprocessing.ts';
import { RECURRENT } from './kinds/recurrent.ts';
import { RESHAPINGS } from './kinds/reshaping.ts';

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...CORE,
    ...CATEGORIES,
    ...CONVOLUTIONS,
    ...CONVOLUTION_LSTMS,
    ...POOLINGS,
    ...NORMALIZATIONS,
    ...PREPROCESSING,
    ...RESHAPINGS,
    ...MERGES,
    ...ACTIVATION_LAYERS,
    ...RECURRENT,
    ...ATTENTIONS,
    ...rules(FUNCTION_LAYERS),
  }),
);

/** Keras 3 writes where a class comes from: `keras.src.ops.numpy` has an `Add` too. */
function isOperator(module: unknown): boolean {
  return typeof module === 'string' && /(^|\.)ops(\.|$)/.test(module);
}

/** How a class is computed, or undefined for one that is not known here. */
export function findRule(className: string, module?: unknown): Rule | undefined {
  if (isOperator(module)) {
    const compute = keras3Operator(className);
    return compute && { compute };
  }
  return RULES.get(className.split('>').at(-1) as string);
}
