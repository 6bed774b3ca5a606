import type { Call, LayerResult, Options } from '../call.ts';
import { axisOf, type Doubles, doubles, isDoubles, nested, wrong } from '../doubles.ts';
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

  tensor(name: string): Doubles {
    const found = this.get(name);
    if (isDoubles(found)) return found;
    if (typeof found === 'number' || typeof found === 'boolean') return doubles([], [Number(found)]);
    if (Array.isArray(found) && found.some(isDoubles))
      return stack(
        found.map((part) => (isDoubles(part) ? part : nested(part))),
        0,
      );
    if (Array.isArray(found)) return nested(found.map(Number));
    throw wrong('a tensor or a number', `argument ${name}`, found);
  }

  tensors(name: string): Doubles[] {
    const found = this.get(name);
    if (Array.isArray(found)) return found.map((part) => (isDoubles(part) ? part : nested(part)));
    return [this.tensor(name)];
  }

  number(name: string, otherwise?: number): number {
    const found = this.get(name) ?? otherwise;
    if (typeof found === 'number') return found;
    throw wrong('a number', `argument ${name}`, found);
  }

  numbers(name: string): number[] {
    const found = this.get(name);
    if (typeof found === 'number') return [found];
    if (Array.isArray(found) && found.every((n) => typeof n === 'number')) return found;
    throw wrong('numbers', `argument ${name}`, found);
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  get options(): Options {
    return Object.fromEntries(this.#named);
  }
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
export const axisIn = (g: Given, otherwise: number, name = 'x') =>
  axisOf(g.number('axis', otherwise), g.tensor(name).shape.length);
