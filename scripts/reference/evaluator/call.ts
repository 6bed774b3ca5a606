import type { LayerConfig, Tensor, Writer } from '#keras';
import { type Doubles, isDoubles, wrong } from './doubles.ts';

export type Options = Readonly<Record<string, unknown>>;

/** One call of one layer: what Keras's `layer(...)` is given, and the layer's own options and weights. */
export interface Call {
  /** The layer's path, for errors. */
  readonly path: string;
  readonly className: string;
  readonly options: Options;
  /** Which Keras wrote the layer: masks go by other rules in another. */
  readonly writer: Writer;
  /** Positional arguments: tensors, lists of them, constants. */
  readonly args: readonly unknown[];
  readonly keywords: Options;
  /** A weight in double precision. */
  weight(name: string): Doubles;
  /** A weight as it is stored: for the large kernels. */
  tensor(name: string): Tensor;
  has(name: string): boolean;
  /** Runs a layer inside this one; its weights are `<this path>/<inside>/...`. */
  inner(layer: LayerConfig, inside: string, args: readonly unknown[], keywords?: Options): readonly Doubles[];
}

export type LayerResult = Doubles | readonly Doubles[];

/** @param x the first tensor among the arguments. */
export type LayerFunction = (x: Doubles, call: Call) => LayerResult;

/** What holds for a class beside its formula. */
interface Facts {
  /** The mask of the first input is that of the output (`supports_masking`), in every Keras or in Keras 3 alone. */
  readonly keepsMask?: true | 'in Keras 3';
  /** Integers stay integers: nothing is computed with them, they are moved alone. */
  readonly keepsIntegers?: true;
}

export interface Rule extends Facts {
  readonly compute: LayerFunction;
}

/** Rules by the names of their classes, of all of which the same facts hold. */
export function rules(functions: Readonly<Record<string, LayerFunction>>, facts: Facts = {}): Record<string, Rule> {
  return Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, { compute, ...facts }]));
}

/** What changes tensors in training alone, and nothing here. */
export const identity: LayerFunction = (x) => x;

/** All tensors in an argument, in order. */
export function doublesIn(argument: unknown): Doubles[] {
  if (isDoubles(argument)) return [argument];
  if (Array.isArray(argument)) return argument.flatMap(doublesIn);
  if (argument === null || typeof argument !== 'object') return [];
  return Object.values(argument).flatMap(doublesIn);
}

/** What a layer is called on: the tensors of the first argument (Keras 2 may put some among the keywords). */
export function inputsOf(call: Call): Doubles[] {
  return doublesIn(call.args);
}

/** The mask that a call is given, or that came along with its input. */
export function maskOf(x: Doubles, call: Call): Doubles | undefined {
  const { mask } = call.keywords;
  return isDoubles(mask) ? mask : x.mask;
}

export function numberIn(options: Options, name: string, otherwise?: number): number {
  const found = options[name] ?? otherwise;
  if (typeof found === 'number') return found;
  throw wrong('a number', `option ${name}`, found);
}

/** `count` whole numbers: one number stands for all of them. */
export function sizesIn(options: Options, name: string, count: number, otherwise?: number): number[] {
  const found = options[name] ?? otherwise;
  if (typeof found === 'number') return Array.from({ length: count }, () => found);
  if (Array.isArray(found) && found.every((size) => typeof size === 'number')) {
    if (found.length === count) return found;
    if (found.length === 1) return Array.from({ length: count }, () => found[0] as number);
  }
  throw wrong(`${count} numbers`, `option ${name}`, found);
}

export function channelsFirst(options: Options): boolean {
  return options.data_format === 'channels_first';
}
