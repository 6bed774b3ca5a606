import type { LayerConfig } from '#keras';
import type { Options } from './call.ts';
import { type Doubles, isDoubles, nested, wrong } from './doubles.ts';

/** Class names of models, which stand where layers stand. `Model` is Keras 2's old word for Functional. */
export const MODELS: readonly string[] = ['Sequential', 'Functional', 'Model'];

/** The layers of a model: `{ layers }`, or the bare list of early Keras 2. */
export function layersIn(config: unknown, prefix: string): LayerConfig[] {
  const layers = Array.isArray(config) ? config : (config as { layers?: unknown } | null)?.layers;
  if (!Array.isArray(layers)) throw wrong('a list of layers', `model ${prefix}`, layers);
  return layers as LayerConfig[];
}

export function nameOf(layer: LayerConfig): string {
  const name = layer.name ?? layer.config.name;
  if (typeof name !== 'string') throw wrong('a name', `a layer of class ${layer.class_name}`, name);
  return name;
}

/** A tensor in a config: what the given call of the given layer answered. */
export interface CallOutput {
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
  readonly output: CallOutput;
  constructor(output: CallOutput) {
    this.output = output;
  }
}

function callOutputOf(parts: unknown): CallOutput | undefined {
  if (!Array.isArray(parts)) return undefined;
  const [layer, call, index] = parts as unknown[];
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(index)) return undefined;
  return { layer, call: call as number, index: index as number };
}

/** `input_layers`, `output_layers`: one reference, a list or a dictionary, nested as it may be. */
export function callOutputsIn(given: unknown): CallOutput[] {
  const one = callOutputOf(given);
  if (one) return [one];
  if (given === null || typeof given !== 'object') return [];
  if (Array.isArray(given)) return given.flatMap(callOutputsIn);
  // Python goes through a dictionary of tensors by its sorted keys.
  const keys = Object.keys(given).sort();
  return keys.flatMap((key) => callOutputsIn((given as Record<string, unknown>)[key]));
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
  const leaves: (readonly unknown[])[] = [];
  const inputs = entries.map((entry) => keras2Input(entry, leaves));
  const keywords = Object.fromEntries(
    leaves
      .flatMap((entry) => Object.entries((entry[3] as object | undefined) ?? {}))
      .map(([k, v]) => [k, keras2Argument(v)]),
  );
  return { args: [inputs.length === 1 ? inputs[0] : inputs], keywords };
}

/** A tensor, a constant or a list of them; each is kept in `leaves` too, for its keyword arguments. */
function keras2Input(entry: readonly unknown[], leaves: (readonly unknown[])[]): unknown {
  if (Array.isArray(entry) && (entry.length === 0 || Array.isArray(entry[0])))
    return entry.map((inner) => keras2Input(inner as readonly unknown[], leaves));
  leaves.push(entry);
  if (entry[0] === '_CONSTANT_VALUE') return constant(entry[2]);
  const output = callOutputOf(entry);
  if (!output) throw wrong('[layer, call, index]', 'inbound_nodes', entry);
  return new Pending(output);
}

function keras2Argument(given: unknown): unknown {
  const output = callOutputOf(given);
  if (output && Array.isArray(given) && given.length === 3) return new Pending(output);
  if (Array.isArray(given)) {
    if (given[0] === '_CONSTANT_VALUE') return constant(given[2]);
    return given.map(keras2Argument);
  }
  if (given === null || typeof given !== 'object') return given;
  return Object.fromEntries(Object.entries(given).map(([key, inner]) => [key, keras2Argument(inner)]));
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
      const output = callOutputOf(config?.keras_history);
      if (!output) throw wrong('[layer, call, index]', 'keras_history', config?.keras_history);
      return new Pending(output);
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
export function callOutputsOf({ args, keywords }: Arguments): CallOutput[] {
  const found: CallOutput[] = [];
  const walk = (given: unknown): void => {
    if (given instanceof Pending) found.push(given.output);
    else if (given !== null && typeof given === 'object' && !isDoubles(given))
      for (const item of Object.values(given)) walk(item);
  };
  walk(args);
  walk(keywords);
  return found;
}

/** The call with tensors where references stood. */
export function resolve<T>(given: T, look: (output: CallOutput) => Doubles): T {
  const walk = (item: unknown): unknown => {
    if (item instanceof Pending) return look(item.output);
    if (Array.isArray(item)) return item.map(walk);
    if (item === null || typeof item !== 'object' || isDoubles(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(given) as T;
}

/** Which call of a layer a reference means, counted from 0. */
export interface Numbering {
  readonly inbound: (output: CallOutput) => number;
  readonly end: (output: CallOutput) => number;
}

/**
 * Models count their own making as a call. Keras 2 counts it wherever it writes a number; Keras 3 in `output_layers` alone
 * and for Functional models alone (`get_tensor` and `serialize_node` in `keras/src/models/functional.py`).
 */
export function numberingOf(layers: readonly LayerConfig[], ends: readonly CallOutput[]): Numbering {
  const models = new Map(
    layers.filter(({ class_name }) => MODELS.includes(class_name)).map((layer) => [nameOf(layer), layer]),
  );
  const first = new Map<string, number>();
  const references = layers.flatMap((layer) => callsIn(layer.inbound_nodes).flatMap(callOutputsOf));
  for (const { layer, call } of [...references, ...ends]) first.set(layer, Math.min(call, first.get(layer) ?? call));
  const number = ({ layer: name, call }: CallOutput, isEnd: boolean) => {
    const layer = models.get(name);
    if (!layer) return call;
    const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
    if (Array.isArray(nodes[0])) return call - (first.get(name) ?? 0);
    const own = isEnd && layer.class_name !== 'Sequential' ? call - 1 : call;
    return Math.min(Math.max(own, 0), nodes.length - 1);
  };
  return { inbound: (output) => number(output, false), end: (output) => number(output, true) };
}
