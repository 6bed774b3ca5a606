import { expected, FreezeframeError } from '@freezeframe/inference';
import type { z } from 'zod';
import type { GraphBuilder, Value } from './graph.ts';
import type { Shape } from './keras-model.ts';

export interface WeightSpec {
  /** Keras's own name: `kernel`, `bias`, `gamma`, `moving_mean`... */
  readonly name: string;
  /** In Keras's axis order. */
  readonly shape: readonly number[];
  /** False for statistics that training tracks without a gradient. */
  readonly trainable: boolean;
  /** Keras's initializer as the config gives it: a name (`glorot_uniform`) or `{ class_name, config }`. */
  readonly initializer: unknown;
}

/** How a weight lies in memory where ONNX's order is not Keras's. */
export interface WeightTransform {
  readonly perm: readonly number[];
  readonly dims?: readonly number[];
}

/** What a layer needs while it writes itself into a graph. */
export interface EmitContext {
  readonly graph: GraphBuilder;
  /** The layer's own name, for readable graphs and errors. */
  readonly layerName: string;
  /**
   * A weight's value name in the graph, in Keras's axis order: an initializer in a frozen graph, a graph input in a
   * training step. Ask for `transform` when ONNX wants another order: a frozen graph then stores it already permuted,
   * a training step adds the `Transpose`. `dims`, if given, is the shape to give it after that (a `Reshape`).
   */
  weight(name: string, transform?: WeightTransform): string;
}

/** What a training step adds to a context. */
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

export interface Training<C> {
  /** The forward pass as in training. Left out where it is the same as `emit` and nothing needs saving. */
  forward?(
    context: TrainContext,
    config: C,
    inputs: readonly Value[],
    needsInputGradient: boolean,
  ): { output: Value; saved: Saved };
  /**
   * The gradient rule. `gradient` has the shape and layout of the output; the answered gradients have the shape and
   * layout of the inputs they belong to, and weights' are in Keras's axis order.
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

/**
 * The layer is `activation(kernel x + bias)` with the kernel's last axis for what goes out and the one before it for
 * what comes in, so that a scale before or after it can become part of its weights.
 */
export interface LinearWeights {
  /** The kernel's name among the weights; the bias is called `bias`. */
  readonly kernel: string;
  /** Each channel that comes in has outputs of its own: the two last axes together are what goes out. */
  readonly depthwise?: true;
  /** The other way round: the kernel's last axis is what comes in, the one before it what goes out. */
  readonly transposed?: true;
}

/**
 * One Keras layer: its options, shapes and weights, how it is written in ONNX and, where it can be trained, its
 * gradient. One file each in `layers/`, listed in `layers/index.ts`.
 */
export interface LayerDefinition<C = unknown> {
  /** Keras's class name. */
  readonly className: string;
  /** The options read from the config, by Keras's names; options that change nothing in a frozen model are ignored. */
  readonly config: z.ZodType<C>;
  weights?(config: C, inputs: readonly Shape[]): readonly WeightSpec[];
  outputShape(config: C, inputs: readonly Shape[]): Shape;
  emit(context: EmitContext, config: C, inputs: readonly Value[]): Value;
  readonly training?: Training<C>;
  /** Does nothing outside training: left out of a frozen model. */
  readonly trainingOnly?: true;
  readonly linear?: LinearWeights;
}

/** The input of a layer that takes exactly one. */
export function single<T>(inputs: readonly T[]): T {
  const [first] = inputs;
  if (first === undefined || inputs.length > 1) {
    throw new FreezeframeError('bad-topology', expected('one input', 'a layer that takes one', inputs.length));
  }
  return first;
}

/** Lets a layer's file be checked against its own config type and still stand in one list with the others. */
export function defineLayer<C>(definition: LayerDefinition<C>): LayerDefinition {
  return definition as unknown as LayerDefinition;
}
