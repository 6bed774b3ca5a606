import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { MAX_ARGUMENT_DEPTH, MAX_LAYERS, MAX_TENSORS } from './limits.ts';
import type { LayerConfig, Shape } from './model.ts';

/** A tensor as Keras's configs name it: what a call of a layer gave. */
export interface TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly index: number;
}

const referenceSchema = z.tuple([z.string(), z.number().int().nonnegative(), z.number().int().nonnegative()]);
const layerSchema = z.looseObject({
  class_name: z.string(),
  name: z
    .string()
    .nullish()
    .transform((name) => name ?? undefined),
  module: z
    .string()
    .nullish()
    .transform((module) => module ?? undefined),
  config: z.record(z.string(), z.unknown()),
});
const layersSchema = z.array(layerSchema);

/** Class names of models that stand where a layer can stand. */
export function isModel(className: string): boolean {
  return ['Sequential', 'Functional', 'Model'].includes(className);
}

/** The layers of a model's config: `{ layers }`, or the bare list that early Keras 2 wrote for Sequential. */
export function layersOf(config: unknown, path: string): LayerConfig[] {
  const layers = Array.isArray(config) ? config : (config as { layers?: unknown } | null)?.layers;
  // Looking at each of a million takes half a minute.
  if (Array.isArray(layers) && layers.length > MAX_LAYERS) throw beyondLimit(MAX_LAYERS, 'layers', path || 'the model');
  const parsed = layersSchema.safeParse(layers);
  if (!parsed.success) throw badTopology('a list of layers', path || 'the model', layers);
  return parsed.data as LayerConfig[];
}

/** A layer's own name; functional configs write it beside the config too, and that is the one which is referred to. */
export function layerName(layer: LayerConfig): string {
  const name = layer.name ?? layer.config.name;
  if (typeof name === 'string' && name !== '') return name;
  throw badTopology('a name', `a layer of class ${layer.class_name}`, name);
}

/** `input_layers` and `output_layers`: a list of references, one bare reference, or a dictionary of them. */
export function endpoints(value: unknown, where: string): TensorReference[] {
  const single = referenceSchema.safeParse(value);
  const list = single.success ? [value] : Array.isArray(value) ? value : inOrderOfKeys(value);
  if (list.length > MAX_TENSORS) throw beyondLimit(MAX_TENSORS, 'tensors', where);
  return list.map((item) => reference(item, where));
}

/** Keras goes through a dictionary in the order of its keys (`tree.flatten`), however it was written. */
function inOrderOfKeys(value: unknown): unknown[] {
  const entries = Object.entries((value as object | null) ?? {});
  return entries.toSorted(([a], [b]) => byCodePoint(a, b)).map(([, item]) => item);
}

/** As Python sorts text. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A tensor among the arguments of a call: the number of the call's input. */
export class TensorArgument {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/** What a layer was called with: tensors, and constants as the config gives them. */
export type Argument =
  | TensorArgument
  | null
  | boolean
  | number
  | string
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** The arguments of one call, as Python had them. A `mask` is not among them. */
export interface LayerCall {
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
}

/** One call of a layer in a functional model. */
export interface ReadCall {
  readonly call: LayerCall;
  /** The tensors among the arguments, in their order; those of the mask come last. */
  readonly reads: readonly TensorReference[];
  /** The `mask` argument: one entry for each tensor of the first argument, a number of `reads` or null. Empty: not given. */
  readonly masks: readonly (number | null)[];
}

/** The names of `input_layers` where it is a dictionary of references. */
export function keyedEndpoints(value: unknown): string[] | undefined {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.keys(value).toSorted(byCodePoint);
}

/**
 * The calls of a layer.
 * Keras 2: `[[["a", 0, 0, {}], ["b", 0, 0]], ...]`, tensors in keyword arguments as `{ "y": ["a", 0, 0] }`, a constant in
 * the first place as `["_CONSTANT_VALUE", -1, 2.0, {}]`.
 * Keras 3: `[{ args: [tensor | [tensor...]], kwargs }]`, a tensor being `{ class_name: "__keras_tensor__", ... }`.
 */
export function callsOf(layer: LayerConfig): ReadCall[] {
  const nodes = layer.inbound_nodes ?? [];
  if (!Array.isArray(nodes)) throw badTopology('a list', `inbound_nodes of ${layerName(layer)}`, nodes);
  const isBinary = COMPARISONS.has(layer.class_name) && layer.module?.startsWith('keras.src.ops') === true;
  return nodes.map((node: unknown) => (Array.isArray(node) ? keras2Call(node) : keras3Call(node, isBinary)));
}

/** `Masking(mask_value=nan)` leaves one of these in the model; JSON has null for NaN, and None is nothing to compare with. */
const COMPARISONS = new Set(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual']);

/** Reads arguments one after another and numbers their tensors. */
class ArgumentReader {
  readonly reads: TensorReference[] = [];
  readonly #tensorIn: (value: object) => TensorReference | undefined;

  constructor(tensorIn: (value: object) => TensorReference | undefined) {
    this.#tensorIn = tensorIn;
  }

  tensor(found: TensorReference): TensorArgument {
    this.reads.push(found);
    if (this.reads.length > MAX_TENSORS) throw beyondLimit(MAX_TENSORS, 'tensors', 'one call of a layer');
    return new TensorArgument(this.reads.length - 1);
  }

  read(value: unknown, depth = 0): Argument {
    if (depth > MAX_ARGUMENT_DEPTH) throw badTopology(`at most ${MAX_ARGUMENT_DEPTH} levels`, 'an argument', depth);
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object') return value as boolean | number | string;
    const found = this.#tensorIn(value);
    if (found) return this.tensor(found);
    if (Array.isArray(value)) return value.map((item) => this.read(item, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.read(item, depth + 1)]));
  }

  /** Positional arguments read already, and keyword arguments with the mask taken out. */
  call(args: readonly Argument[], keywords: unknown): ReadCall {
    const entries = Object.entries((keywords as Record<string, unknown> | null | undefined) ?? {});
    const kwargs: Record<string, Argument> = {};
    for (const [key, value] of entries) if (key !== 'mask') kwargs[key] = this.read(value);
    const mask = this.read(entries.find(([key]) => key === 'mask')?.[1]);
    const masks = flatArgument(mask).map((item) => (item instanceof TensorArgument ? item.index : null));
    const given = masks.some((index) => index !== null);
    return { call: { args, kwargs }, reads: this.reads, masks: given ? masks : [] };
  }
}

function flatArgument(argument: Argument): Argument[] {
  if (Array.isArray(argument)) return argument.flatMap((item: Argument) => flatArgument(item));
  return [argument];
}

const CONSTANT = '_CONSTANT_VALUE';

function keras2Call(node: readonly unknown[]): ReadCall {
  const reader = new ArgumentReader((value) => {
    const parsed = referenceSchema.safeParse(value);
    return parsed.success ? reference(value, 'inbound_nodes') : undefined;
  });
  const items = typeof node[0] === 'string' ? [node] : node;
  const first = items.map((item) => keras2Item(reader, item));
  // Keras repeats the keyword arguments behind each tensor of a list.
  const keywords = firstItem(items)?.[3];
  return reader.call(first.length === 0 ? [] : [first.length === 1 ? (first[0] as Argument) : first], keywords);
}

/** A tensor, a constant, or a list of these: `tf.concat([tf.shape(x)[:1], [2, n]], 0)` holds a list in a list. */
function keras2Item(reader: ArgumentReader, item: unknown, depth = 0): Argument {
  const parts = Array.isArray(item) ? item : [];
  if (parts[0] === CONSTANT) return reader.read(parts[2]);
  if (!Array.isArray(item) || typeof parts[0] === 'string')
    return reader.tensor(reference(parts.slice(0, 3), 'inbound_nodes'));
  if (depth > MAX_ARGUMENT_DEPTH) throw badTopology(`at most ${MAX_ARGUMENT_DEPTH} levels`, 'an argument', depth);
  return item.map((inner) => keras2Item(reader, inner, depth + 1));
}

/** The first tensor or constant of a list of lists. */
function firstItem(items: readonly unknown[]): readonly unknown[] | undefined {
  let [item]: readonly unknown[] = items;
  while (Array.isArray(item) && Array.isArray(item[0])) [item] = item;
  return Array.isArray(item) ? item : undefined;
}

function keras3Call(node: unknown, isComparison: boolean): ReadCall {
  const reader = new ArgumentReader((value) => {
    const { class_name, config } = value as { class_name?: unknown; config?: { keras_history?: unknown } };
    return class_name === '__keras_tensor__' ? reference(config?.keras_history, 'inbound_nodes') : undefined;
  });
  const { args, kwargs } = (node ?? {}) as { args?: unknown; kwargs?: unknown };
  const positional = Array.isArray(args)
    ? args.map((argument: unknown) => reader.read(isComparison ? (argument ?? Number.NaN) : argument))
    : [];
  return reader.call(positional, kwargs);
}

function reference(value: unknown, where: string): TensorReference {
  const parsed = referenceSchema.safeParse(value);
  if (!parsed.success) throw badTopology('[layer, call, index]', where, value);
  const [layer, call, index] = parsed.data;
  return { layer, call, index };
}

/** Which call a reference means, counted from 0. */
export interface CallNumbers {
  /** Of a reference among the arguments of a call. */
  inbound(reference: TensorReference): number;
  /** Of a reference in `output_layers`. */
  output(reference: TensorReference): number;
}

/**
 * Keras counts the making of a nested model as its call 0, so that its first use is 1. Keras 3 does so in `output_layers`
 * alone, and for Functional models alone (https://github.com/keras-team/keras/blob/v3.4.0/keras/src/models/functional.py,
 * `get_config`: "Functional models start with a pre-existing node"; `serialize_node` leaves that node out). Keras 2's
 * writers differ; every call that is kept is referred to, so the smallest number seen is the first call.
 */
export function callNumbers(layers: readonly LayerConfig[], ends: readonly TensorReference[]): CallNumbers {
  const calls = new Map(layers.map((layer) => [layerName(layer), { layer, calls: callsOf(layer) }]));
  const first = new Map<string, number>();
  const inbound = [...calls.values()].flatMap((entry) => entry.calls.flatMap(({ reads }) => reads));
  for (const { layer, call } of [...inbound, ...ends]) {
    if (isModel(calls.get(layer)?.layer.class_name ?? '')) first.set(layer, Math.min(call, first.get(layer) ?? call));
  }
  const number = ({ layer, call }: TensorReference, behindMaking: boolean) => {
    const entry = calls.get(layer);
    if (!entry || !isModel(entry.layer.class_name)) return call;
    if (!isKeras3(entry.layer)) return call - (first.get(layer) ?? 0);
    const counted = behindMaking && entry.layer.class_name !== 'Sequential' ? call - 1 : call;
    return Math.min(Math.max(counted, 0), entry.calls.length - 1);
  };
  return { inbound: (reference) => number(reference, false), output: (reference) => number(reference, true) };
}

function isKeras3({ inbound_nodes }: LayerConfig): boolean {
  return Array.isArray(inbound_nodes) && inbound_nodes.length > 0 && !Array.isArray(inbound_nodes[0]);
}

const shapeSchema = z.array(z.number().int().positive().nullable()).min(1);

/** The shape (batch first) that a layer's config declares for its input, in any of Keras's spellings. */
export function declaredShape(layer: LayerConfig): Shape | undefined {
  const { batch_shape, batch_input_shape, input_shape } = layer.config;
  const declared =
    batch_shape ?? batch_input_shape ?? (Array.isArray(input_shape) ? [null, ...input_shape] : undefined);
  if (declared === undefined || declared === null) return undefined;
  const parsed = shapeSchema.safeParse(declared);
  if (!parsed.success) throw badTopology('a shape', `the input of ${layerName(layer)}`, declared);
  return [null, ...parsed.data.slice(1)];
}

/** What a few lines of a config can ask for and no machine can do: calls that double at each level, a million inputs. */
export function beyondLimit(limit: number, what: string, where: string): FreezeframeError {
  return new FreezeframeError('limit-exceeded', `There are more than ${limit} ${what} in ${where}`, {
    details: { limit },
    remedy: 'No model that is known needs as many: the config is damaged, or made to exhaust whoever opens it.',
  });
}

export function badTopology(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('bad-topology', expected(what, where, received), {
    remedy: 'The model config is damaged, or of a Keras that is not known here: save it again with Keras 2 or 3.',
  });
}
