import type { Options } from './call.ts';
import { isValue, nested, type Value, wrong } from './value.ts';

/** A tensor in a config: what the given call of the given layer answered. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly index: number;
}

/** What one call of a layer is given; tensors are still references. */
export interface Arguments {
  readonly args: readonly unknown[];
  readonly keywords: Options;
}

class Pending {
  readonly reference: Reference;
  constructor(reference: Reference) {
    this.reference = reference;
  }
}

function referenceOf(parts: unknown): Reference | undefined {
  if (!Array.isArray(parts)) return undefined;
  const [layer, call, index] = parts as unknown[];
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(index)) return undefined;
  return { layer, call: call as number, index: index as number };
}

/** `input_layers`, `output_layers`: one reference, a list or a dictionary, nested as it may be. */
export function referencesIn(given: unknown): Reference[] {
  const one = referenceOf(given);
  if (one) return [one];
  if (given === null || typeof given !== 'object') return [];
  return Object.values(given).flatMap(referencesIn);
}

/**
 * The calls of a layer, from its `inbound_nodes`. Keras 3: `[{ args, kwargs }]`. Keras 2: `[[["x", 0, 0, kwargs], ...]]`,
 * the tensors being one list for the first argument; constants as `["_CONSTANT_VALUE", -1, value, kwargs]`.
 */
export function callsIn(nodes: unknown): Arguments[] {
  if (nodes === undefined || nodes === null) return [];
  if (!Array.isArray(nodes)) throw wrong('a list', 'inbound_nodes', nodes);
  return nodes.map((node: unknown) => (Array.isArray(node) ? keras2Call(node) : keras3Call(node)));
}

function keras3Call(node: unknown): Arguments {
  const { args, kwargs } = (node ?? {}) as { args?: unknown; kwargs?: unknown };
  const decoded = decode(args ?? []);
  return { args: Array.isArray(decoded) ? decoded : [decoded], keywords: (decode(kwargs ?? {}) ?? {}) as Options };
}

function keras2Call(node: readonly unknown[]): Arguments {
  const entries = (typeof node[0] === 'string' ? [node] : node) as (readonly unknown[])[];
  const inputs = entries.map((entry) => {
    if (entry[0] === '_CONSTANT_VALUE') return constant(entry[2]);
    const reference = referenceOf(entry);
    if (!reference) throw wrong('[layer, call, index]', 'inbound_nodes', entry);
    return new Pending(reference);
  });
  const keywords = Object.fromEntries(
    entries
      .flatMap((entry) => Object.entries((entry[3] as object | undefined) ?? {}))
      .map(([k, v]) => [k, keras2Argument(v)]),
  );
  return { args: [inputs.length === 1 ? inputs[0] : inputs], keywords };
}

function keras2Argument(given: unknown): unknown {
  const reference = referenceOf(given);
  if (reference && Array.isArray(given) && given.length === 3) return new Pending(reference);
  if (Array.isArray(given)) {
    if (given[0] === '_CONSTANT_VALUE') return constant(given[2]);
    return given.map(keras2Argument);
  }
  return given;
}

function constant(given: unknown): unknown {
  return typeof given === 'number' || Array.isArray(given) ? nested(given) : given;
}

/** Keras 3's wrappers around what JSON has not. */
function decode(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(decode);
  if (given === null || typeof given !== 'object') return given;
  const { class_name, config, items } = given as { class_name?: unknown; config?: Options; items?: unknown[] };
  switch (class_name) {
    case '__keras_tensor__': {
      const reference = referenceOf(config?.keras_history);
      if (!reference) throw wrong('[layer, call, index]', 'keras_history', config?.keras_history);
      return new Pending(reference);
    }
    case '__tuple__':
      return decode(items ?? config?.value ?? []);
    case '__numpy__':
    case '__tensor__':
      return nested(config?.value);
    case '__slice__':
    case '__ellipsis__':
      return given;
    default:
      return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, decode(item)]));
  }
}

/** All references in a call, in order. */
export function referencesOf({ args, keywords }: Arguments): Reference[] {
  const found: Reference[] = [];
  const walk = (given: unknown): void => {
    if (given instanceof Pending) found.push(given.reference);
    else if (given !== null && typeof given === 'object' && !isValue(given))
      for (const item of Object.values(given)) walk(item);
  };
  walk(args);
  walk(keywords);
  return found;
}

/** The call with tensors where references stood. */
export function resolve<T>(given: T, look: (reference: Reference) => Value): T {
  const walk = (item: unknown): unknown => {
    if (item instanceof Pending) return look(item.reference);
    if (Array.isArray(item)) return item.map(walk);
    if (item === null || typeof item !== 'object' || isValue(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(given) as T;
}
