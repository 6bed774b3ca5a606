import { expected, FreezeframeError } from '@freezeframe/inference';
import type * as z from 'zod';
import type { Argument, LayerConfig, Shape, Tensor, WeightSpec, Writer } from '#keras';
import { GraphBuilder, type Value } from '#onnx';
import type { PictureRange } from '../picture-range.ts';
import type { Activation } from './activations/activation.ts';

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
 * One Keras layer: what it is, its options, shapes and weights, and how it is written in ONNX. A family of layers that
 * differ in little is a table in one file of `layers/`, any other has a file of its own; `layers/index.ts` lists them.
 */
export interface LayerDefinition<C = unknown> {
  /** Keras's class name. */
  readonly className: string;
  /** What it does, in one line: its row in `docs/layers.md`. */
  readonly summary?: string;
  /** The options read from the config, by Keras's names; options that change nothing in a frozen model are ignored. */
  readonly config: z.ZodType<C>;
  weights?(config: C, inputs: readonly Shape[]): readonly WeightSpec[];
  /** Left out in a file where it is that of the one input. */
  outputShape(config: C, inputs: readonly Shape[]): Shape;
  emit(context: EmitContext, config: C, inputs: readonly Value[]): Value;
  /** Of a layer with several outputs; `outputShape` is then the first of them. See `severalOutputs`. */
  outputShapes?(config: C, inputs: readonly Shape[]): readonly Shape[];
  /** Of a layer with several outputs; `emit` then answers the first of them. */
  emitAll?(context: EmitContext, config: C, inputs: readonly Value[]): readonly Value[];
  /**
   * The names of the call's parameters, for a layer that takes more than its input: the config is then given the
   * arguments of each call as `call`, by these names. All others are refused where they are called with more.
   */
  readonly signature?: readonly string[];
  /**
   * What becomes of the mask that the first input carries (Keras: `supports_masking`, `compute_mask`). `keep`: the
   * outputs carry it too. A function answers the outputs' masks. Left out: it is lost, as in Keras.
   */
  readonly mask?:
    | 'keep'
    | ((context: EmitContext, config: C, inputs: readonly Value[], outputs: readonly Value[]) => readonly Mask[]);
  /** Goes by other rules in another Keras: the config is given `writer`, the one that wrote the layer. */
  readonly ofItsTime?: true;
  /** Takes integers as they are; every other layer is given floats. */
  readonly integers?: true;
  /** Layers inside this one (wrappers, cells). The config is given them, found and read, as `inner`. */
  inner?(config: C): Readonly<Record<string, LayerConfig>>;
  /** Does nothing outside training: left out of a frozen model. */
  readonly trainingOnly?: true;
  /** Answers otherwise in training, so that a model that always calls it so cannot be frozen. */
  readonly actsInTraining?: true;
  /** Reads what `model.quantize` makes of it (`quantizationOf`); all others are refused when they are quantized. */
  readonly quantizes?: true;
  readonly linear?: LinearWeights;
  /** The name of the activation that it applies last. */
  activation?(config: C): string;
  /** What the answer keeps of the input: its numbers, in another shape or order, or at least the range they lie in. */
  keeps?(config: C): 'numbers' | 'range' | undefined;
  /** Of a layer that scales pictures where a model begins: whether it is made for 0..255 or for 0..1, where that shows. */
  expects?(config: C, weight: (name: string) => Tensor | undefined): PictureRange | undefined;
  /** How many rows the table has that the input's numbers choose from. */
  vocabulary?(config: C): number;
}

/** The name of a bool tensor [batch, time], or none. */
type Mask = string | undefined;

/** The options of a layer that goes by the rules of its time. */
export interface Written {
  readonly writer: Writer;
}

/** Of such a layer: its own options are read, and the writer is put beside them. */
export function ofItsTime<S extends z.ZodType<object>>(options: S) {
  return { config: options as unknown as z.ZodType<z.output<S> & Written>, ofItsTime: true } as const;
}

/** The mask of a layer that hands it on in Keras 3 and ends it in Keras 2. */
export function keptInKeras3(_context: EmitContext, { writer }: Written, inputs: readonly Value[]): readonly Mask[] {
  return [writer === 'keras-2' ? undefined : inputs[0]?.mask];
}

/** The arguments of one call by the names of a `signature`, without those that were left out or None. */
export type BoundCall = Readonly<Record<string, Argument>>;

/** A layer with its definition found and its options read. */
export interface ResolvedLayer {
  readonly definition: LayerDefinition;
  readonly config: unknown;
}

/** The outputs' shapes, of any layer. */
export function shapesOf({ definition, config }: ResolvedLayer, inputs: readonly Shape[]): readonly Shape[] {
  return definition.outputShapes?.(config, inputs) ?? [definition.outputShape(config, inputs)];
}

/** Writes any layer and answers all that it gives, with the masks that these carry. */
export function emitLayer(
  context: EmitContext,
  { definition, config }: ResolvedLayer,
  inputs: readonly Value[],
): readonly Value[] {
  const given = definition.integers ? inputs : inputs.map((input) => asFloat(context.graph, input));
  const outputs = definition.emitAll?.(context, config, given) ?? [definition.emit(context, config, given)];
  const masks = masksOf(context, { definition, config }, given, outputs);
  return outputs.map(({ mask: _, ...output }, i) => (masks[i] === undefined ? output : { ...output, mask: masks[i] }));
}

function masksOf(
  context: EmitContext,
  { definition: { mask }, config }: ResolvedLayer,
  inputs: readonly Value[],
  outputs: readonly Value[],
): readonly Mask[] {
  if (mask === undefined) return [];
  return mask === 'keep' ? outputs.map(() => inputs[0]?.mask) : mask(context, config, inputs, outputs);
}

/** ONNX's number for float32. */
const FLOAT = 1;

/** Keras's layers compute in float32, whatever they are given. */
export function asFloat(graph: GraphBuilder, value: Value): Value {
  if (value.datatype === 'float32') return value;
  return { ...value, name: graph.op('Cast', [value.name], { to: FLOAT }), datatype: 'float32' };
}

/** `outputShape` and `emit` of a layer that has `outputShapes` and `emitAll`. */
export function severalOutputs<C>(
  parts: Pick<Required<LayerDefinition<C>>, 'outputShapes' | 'emitAll'>,
): Pick<Required<LayerDefinition<C>>, 'outputShapes' | 'emitAll' | 'outputShape' | 'emit'> {
  return {
    ...parts,
    outputShape: (config, inputs) => parts.outputShapes(config, inputs)[0] as Shape,
    emit: (context, config, inputs) => parts.emitAll(context, config, inputs)[0] as Value,
  };
}

/** Shapes by writing into a graph that is thrown away: for what would have to be worked out twice otherwise. */
export function shapesByEmitting<C>(
  emitAll: (context: EmitContext, config: C, inputs: readonly Value[]) => readonly Value[],
): (config: C, inputs: readonly Shape[]) => readonly Shape[] {
  return (config, inputs) => {
    const context: EmitContext = { graph: new GraphBuilder(), layerName: 'shapes', weight: (name) => name };
    const values = inputs.map(
      (shape, i): Value => ({ name: `in_${i}`, shape, datatype: 'float32', layout: 'channels-last' }),
    );
    return emitAll(context, config, values).map((value) => value.shape);
  };
}

/** The same layer one name deeper: `kernel` becomes `cell/kernel`. */
export function innerContext(context: EmitContext, name: string): EmitContext {
  return {
    ...context,
    layerName: `${context.layerName}/${name}`,
    weight: (weight, transform) => context.weight(`${name}/${weight}`, transform),
  };
}

/** The weights of an inner layer under its name. */
export function innerWeights(
  name: string,
  { definition, config }: ResolvedLayer,
  inputs: readonly Shape[],
): WeightSpec[] {
  const specs = definition.weights?.(config, inputs) ?? [];
  return specs.map((spec) => ({ ...spec, name: `${name}/${spec.name}` }));
}

/** A weight that training moves. */
export function trained(name: string, shape: readonly number[], initializer: unknown): WeightSpec {
  return { name, shape, trainable: true, initializer };
}

/** The input of a layer that takes exactly one. */
export function single<T>(inputs: readonly T[]): T {
  const [first] = inputs;
  if (first === undefined || inputs.length > 1) {
    throw new FreezeframeError('bad-topology', expected('one input', 'a layer that takes one', inputs.length));
  }
  return first;
}

type WrittenLayer<C> = Omit<LayerDefinition<C>, 'outputShape'> & Partial<Pick<LayerDefinition<C>, 'outputShape'>>;

/** A layer whose options name an activation: `emit` and `outputShape` are given for what comes before it. */
export function activated<C extends { readonly activation: Activation }>(definition: WrittenLayer<C>): LayerDefinition {
  return defineLayer<C>({
    ...definition,
    activation: (c) => c.activation.name,
    outputShape: (c, inputs) => {
      const shape = definition.outputShape?.(c, inputs) ?? single(inputs);
      return c.activation.outputShape?.(shape) ?? shape;
    },
    emit: (context, c, inputs) => c.activation.emit(context.graph, definition.emit(context, c, inputs)),
  });
}

/** Lets a layer's file be checked against its own config type and still stand in one list with the others. */
export function defineLayer<C>(definition: WrittenLayer<C>): LayerDefinition {
  const outputShape = (_: C, inputs: readonly Shape[]) => single(inputs);
  return { outputShape, ...definition } as unknown as LayerDefinition;
}
