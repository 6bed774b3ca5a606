import type { Call, LayerResult, Options } from '../call.ts';
import { axesOf, axisOf, binary, type Doubles, doubles, isDoubles, map, nested, wrong } from '../doubles.ts';
import { stack } from './arrays.ts';

/** An operator's arguments by name, wherever they were given: position, keyword or the operator's own options. */
export class Given {
  readonly #named: Map<string, unknown>;

  constructor(parameters: readonly string[], { args, keywords, options }: Pick<Call, 'args' | 'keywords' | 'options'>) {
    this.#named = new Map(Object.entries(options));
    for (const [name, argument] of Object.entries(keywords)) this.#named.set(name, argument);
    const open = parameters.filter((name) => !(name in keywords));
    for (const [i, argument] of args.entries()) {
      const name = parameters[i] ?? open[i];
      if (name !== undefined) this.#named.set(name, argument);
    }
  }

  /** An argument as it was given, null where it was not. */
  get(name: string): unknown {
    return this.#named.get(name) ?? null;
  }

  /** Whether an argument was given, even as None. */
  has(name: string): boolean {
    return this.#named.has(name);
  }

  tensor(name: string): Doubles {
    const found = tensorIn(this.get(name));
    if (!found) throw wrong('a tensor or a number', `argument ${name}`, this.get(name));
    return found;
  }

  tensors(name: string): Doubles[] {
    const found = this.get(name);
    if (!Array.isArray(found)) return [this.tensor(name)];
    return found.map((part) => tensorIn(part) ?? nested(part));
  }

  number(name: string, otherwise?: number): number {
    const found = this.get(name) ?? otherwise;
    if (typeof found === 'number') return found;
    if (isDoubles(found) && found.data.length === 1) return found.data[0] as number;
    throw wrong('a number', `argument ${name}`, found);
  }

  numbers(name: string): number[] {
    const found = this.get(name);
    if (typeof found === 'number') return [found];
    if (isDoubles(found)) return [...found.data];
    if (Array.isArray(found) && found.some(isDoubles)) return [...this.tensor(name).data];
    if (Array.isArray(found) && found.every((n) => typeof n === 'number')) return found;
    throw wrong('numbers', `argument ${name}`, found);
  }

  /** The option `axis`, of a tensor. */
  axis(x: Doubles, otherwise?: number): number {
    return axisOf(this.number('axis', otherwise), x.shape.length);
  }

  /** The same where it may be several, or all of them. */
  axes(x: Doubles, otherwise?: number): number[] {
    return axesOf(this.get('axis') ?? otherwise, x.shape.length);
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  get options(): Options {
    return Object.fromEntries(this.#named);
  }
}

/** A tensor, a number, or lists of these stacked up. */
function tensorIn(given: unknown): Doubles | undefined {
  if (isDoubles(given)) return given;
  if (typeof given === 'number' || typeof given === 'boolean') return doubles([], [Number(given)]);
  if (!Array.isArray(given)) return undefined;
  const parts = given.map(tensorIn);
  if (
    parts.length > 0 &&
    given.flat(Number.POSITIVE_INFINITY).some(isDoubles) &&
    parts.every((part) => part !== undefined)
  )
    return stack(parts, 0);
  return nested(numeric(given));
}

/** True and false as numbers, in lists of any depth. */
function numeric(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(numeric);
  return typeof given === 'boolean' ? Number(given) : given;
}

export interface Operator {
  /** In the order in which they are given by position. */
  readonly parameters: readonly string[];
  readonly compute: (given: Given) => LayerResult;
}

export const on = (parameters: readonly string[], compute: (given: Given) => LayerResult): Operator => ({
  parameters,
  compute,
});
/** An operator on one tensor, the first of its parameters. */
export const onTensor = (
  parameters: readonly [string, ...string[]],
  compute: (x: Doubles, given: Given) => LayerResult,
): Operator => on(parameters, (given) => compute(given.tensor(parameters[0]), given));
/** An operator on two tensors, the first of its parameters. */
export const onPair = (
  parameters: readonly [string, string, ...string[]],
  compute: (a: Doubles, b: Doubles, given: Given) => LayerResult,
): Operator => on(parameters, (given) => compute(given.tensor(parameters[0]), given.tensor(parameters[1]), given));
/** Each number by itself. */
export const unary = (f: (x: number) => number): Operator => onTensor(['x'], (x) => map(x, f));
/** Each two numbers, broadcast. */
export const pairwise = (
  f: (a: number, b: number) => number,
  names: readonly [string, string] = ['x1', 'x2'],
): Operator => onPair(names, (a, b) => binary(a, b, f));
export const axisIn = (g: Given, otherwise: number, name = 'x') =>
  axisOf(g.number('axis', otherwise), g.tensor(name).shape.length);
