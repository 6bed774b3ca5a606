import type { Preprocess } from '../../freeze/fold-preprocessing.ts';
import { rangeOf, type Scaled } from '../../freeze/options.ts';

/** From a feature's own unit to what the model takes. */
export function scalingOf(features: readonly Scaled[]): Preprocess {
  return { scale: features.map((f) => 1 / rangeOf(f)), offset: features.map((f) => 0 - f.min / rangeOf(f)) };
}

/** From what the model answers to its own unit. */
export function unscalingOf(values: readonly Scaled[]): Preprocess {
  return { scale: values.map(rangeOf), offset: values.map(({ min }) => min) };
}
