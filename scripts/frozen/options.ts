import type { PictureInput } from '@freezeframe/inference';

/**
 * A number that was scaled for training: (value - min) / (max - min). Other scalings are the same with the numbers that
 * become 0 and 1: a mean, and a mean plus one standard deviation.
 */
export interface Scaled {
  readonly name: string;
  /** Dollars, m², ... ; empty where there is none. */
  readonly unit?: string | undefined;
  readonly min: number;
  readonly max: number;
  /** Scaled numbers below and above these were cut to them; outputs are never cut. */
  readonly clip?: readonly [number, number] | undefined;
}

/** What the frozen graph takes. */
export type FreezeInput =
  /** uint8 `[batch, height, width, channels]`, named `picture`; the preprocessing happens in the graph. */
  | ({ readonly kind: 'picture'; readonly preprocess: Preprocess } & Omit<PictureInput, 'kind' | 'name' | 'datatype'>)
  /** float32 `[batch, features]` in their own units, named `features`; the scaling happens in the graph. */
  | { readonly kind: 'features'; readonly features: readonly Scaled[] }
  /** The model's own inputs under their own names. */
  | { readonly kind: 'tensors' };

/** What the frozen graph answers. */
export type FreezeOutput =
  /** float32 `[batch, labels]` (or `[batch, 1]` for two labels), named `probabilities`. */
  | { readonly kind: 'classification'; readonly labels: readonly string[] }
  /** float32 `[batch, values]` in their own units, named `value`. */
  | { readonly kind: 'regression'; readonly values: readonly Scaled[] }
  /** The model's own outputs, named after the layers that give them. */
  | { readonly kind: 'tensors' };

export interface FreezeOptions {
  readonly input: FreezeInput;
  readonly output: FreezeOutput;
}

/** Names in the graph, and so in manifests and requests: stable. */
export const GRAPH_NAMES = {
  picture: 'picture',
  features: 'features',
  probabilities: 'probabilities',
  value: 'value',
} as const;

/** Width of the range that a value was scaled from. */
export function rangeOf({ min, max }: Scaled): number {
  return max - min;
}

/** What was done to a picture's bytes before the model saw them: byte * scale + offset, one number per channel. */
export interface Preprocess {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Values that were not scaled: 0..1 stands for itself. */
export function numbered(count: number, names: readonly string[] = [], unit = ''): Scaled[] {
  return Array.from({ length: count }, (_, i) => ({
    name: names[i] ?? (count === 1 ? 'value' : `value_${i + 1}`),
    ...(unit ? { unit } : {}),
    min: 0,
    max: 1,
  }));
}
