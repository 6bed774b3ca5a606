import type { EmitContext } from '#convert';
import type { Shape } from '#keras';
import type { Value } from '#onnx';

/** What a training step adds to the context in which a layer writes itself. */
export interface TrainContext extends EmitContext {
  /** Number of samples of the current batch, an int64 tensor of shape [1] (the last batch may be smaller). */
  readonly batchSize: string;
  /** A graph input with fresh random numbers for each step, uniform in [0, 1), of the given shape (batch axis null). */
  random(shape: Shape): string;
  /** New value of a non-trainable weight after this step (moving averages), in Keras's axis order. */
  update(weight: string, value: string): void;
}

/** What `forward` keeps for `backward`: names of values in the graph. */
export type Saved = Readonly<Record<string, string>>;

/** Values of one kind among what is saved; {@link allOf} finds them again. */
export function numbered(prefix: string, values: readonly string[]): Saved {
  return Object.fromEntries(values.map((value, i) => [`${prefix}_${i}`, value]));
}

export function allOf(prefix: string, saved: Saved): string[] {
  return Object.entries(saved).flatMap(([key, value]) => (key.startsWith(`${prefix}_`) ? [value] : []));
}

/** How a layer is trained. One for each class, listed in `index.ts`. */
export interface GradientRule<C = unknown> {
  /** The forward pass as in training. Left out where it is the layer's own `emit` and nothing needs saving. */
  forward?(
    context: TrainContext,
    config: C,
    inputs: readonly Value[],
    needsInputGradient: boolean,
  ): { output: Value; saved: Saved };
  /**
   * `gradient` has the shape and layout of the output; the answered gradients have the shape and layout of the inputs
   * they belong to, and weights' are in Keras's axis order.
   * @param needsInputGradient false for a first layer: the costly gradient of the picture is then left out.
   */
  backward(
    context: TrainContext,
    config: C,
    pass: { readonly inputs: readonly Value[]; readonly output: Value; readonly saved: Saved },
    gradient: Value,
    needsInputGradient: boolean,
  ): { inputs: readonly Value[]; weights: Readonly<Record<string, string>> };
}

/** Lets a rule be checked against its layer's config and still stand in one table with the others. */
export function defineRule<C>(rule: GradientRule<C>): GradientRule {
  return rule as unknown as GradientRule;
}
