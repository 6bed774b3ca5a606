import { type Preprocess, rangeOf, type Scaled } from '#frozen';

/** From a feature's own unit to what the model takes. */
export function scalingOf(features: readonly Scaled[]): Preprocess {
  return { scale: features.map((f) => 1 / rangeOf(f)), offset: features.map((f) => 0 - f.min / rangeOf(f)) };
}

/** What scaled features are cut to, where any is; float32's own limits for the others. */
export function limitsOf(features: readonly Scaled[]): { low: number[]; high: number[] } | undefined {
  if (features.every(({ clip }) => clip === undefined)) return undefined;
  return {
    low: features.map(({ clip }) => clip?.[0] ?? -LARGEST),
    high: features.map(({ clip }) => clip?.[1] ?? LARGEST),
  };
}

const LARGEST = 3.4028234663852886e38;

/** From what the model answers to its own unit. */
export function unscalingOf(values: readonly Scaled[]): Preprocess {
  return { scale: values.map(rangeOf), offset: values.map(({ min }) => min) };
}
