import type { LayerConfig, Tensor } from '#keras';
import { isValue, type Value, wrong } from './value.ts';

export type Options = Readonly<Record<string, unknown>>;

/** One call of one layer: what Keras's `layer(...)` is given, and the layer's own options and weights. */
export interface Call {
  /** The layer's path, for errors. */
  readonly path: string;
  readonly className: string;
  readonly options: Options;
  /** Positional arguments: tensors, lists of them, constants. */
  readonly args: readonly unknown[];
  readonly keywords: Options;
  /** A weight in double precision. */
  weight(name: string): Value;
  /** A weight as it is stored: for the large kernels. */
  tensor(name: string): Tensor;
  has(name: string): boolean;
  /** Runs a layer inside this one; its weights are `<this path>/<inside>/...`. */
  inner(layer: LayerConfig, inside: string, args: readonly unknown[], keywords?: Options): readonly Value[];
}

export type Answer = Value | readonly Value[];

/** @param x the first tensor among the arguments. */
export type LayerFunction = (x: Value, call: Call) => Answer;

export interface Rule {
  readonly compute: LayerFunction;
  /** The mask of the first input is that of the output (`supports_masking`). */
  readonly keepsMask?: true;
}

/** Rules that hand the mask of their input on. */
export function keepingMask(functions: Readonly<Record<string, LayerFunction>>): Record<string, Rule> {
  return Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, { compute, keepsMask: true }]));
}

export function rules(functions: Readonly<Record<string, LayerFunction>>): Record<string, Rule> {
  return Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, { compute }]));
}

/** All tensors in an argument, in order. */
export function valuesIn(argument: unknown): Value[] {
  if (isValue(argument)) return [argument];
  if (Array.isArray(argument)) return argument.flatMap(valuesIn);
  if (argument === null || typeof argument !== 'object') return [];
  return Object.values(argument).flatMap(valuesIn);
}

/** What a layer is called on: the tensors of the first argument (Keras 2 may put some among the keywords). */
export function inputsOf(call: Call): Value[] {
  return valuesIn(call.args);
}

/** The mask that a call is given, or that came along with its input. */
export function maskOf(x: Value, call: Call): Value | undefined {
  const { mask } = call.keywords;
  return isValue(mask) ? mask : x.mask;
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
