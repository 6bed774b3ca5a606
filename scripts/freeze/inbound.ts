import { expected, FreezeframeError } from '@freezeframe/inference';
import { z } from 'zod';
import type { LayerConfig, Shape } from './keras-model.ts';

/** A tensor as Keras's configs name it: what a call of a layer gave. */
export interface TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly index: number;
}

const referenceSchema = z.tuple([z.string(), z.number().int().nonnegative(), z.number().int().nonnegative()]);
const layerSchema = z.looseObject({
  class_name: z.string(),
  name: z.string().optional(),
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
  const list = single.success ? [value] : Array.isArray(value) ? value : Object.values((value as object | null) ?? {});
  return list.map((item) => reference(item, where));
}

/**
 * The tensors that each call of a layer is given, in order.
 * Keras 2: `[[["a", 0, 0, {}], ["b", 0, 0]], ...]`, tensors in keyword arguments as `{ "y": ["a", 0, 0] }`.
 * Keras 3: `[{ args: [tensor | [tensor...]], kwargs }]`, a tensor being `{ class_name: "__keras_tensor__", ... }`.
 */
export function callsOf(layer: LayerConfig): TensorReference[][] {
  const nodes = layer.inbound_nodes ?? [];
  if (!Array.isArray(nodes)) throw badTopology('a list', `inbound_nodes of ${layerName(layer)}`, nodes);
  return nodes.map((node: unknown) => {
    const found: TensorReference[] = [];
    if (Array.isArray(node)) collectKeras2(node, found);
    else collectKeras3(node, found);
    return found;
  });
}

function collectKeras2(node: unknown[], found: TensorReference[]): void {
  for (const item of typeof node[0] === 'string' ? [node] : node) {
    const parts = Array.isArray(item) ? item : [];
    found.push(reference(parts.slice(0, 3), 'inbound_nodes'));
    const keywords: unknown = parts[3];
    for (const value of Object.values((keywords as object | null) ?? {})) {
      for (const candidate of referenceSchema.safeParse(value).success ? [value] : Array.isArray(value) ? value : []) {
        if (referenceSchema.safeParse(candidate).success) found.push(reference(candidate, 'inbound_nodes'));
      }
    }
  }
}

function collectKeras3(value: unknown, found: TensorReference[], depth = 0): void {
  if (value === null || typeof value !== 'object' || depth > 16) return;
  const { class_name, config } = value as { class_name?: unknown; config?: { keras_history?: unknown } };
  if (class_name === '__keras_tensor__') found.push(reference(config?.keras_history, 'inbound_nodes'));
  else for (const inner of Object.values(value)) collectKeras3(inner, found, depth + 1);
}

function reference(value: unknown, where: string): TensorReference {
  const parsed = referenceSchema.safeParse(value);
  if (!parsed.success) throw badTopology('[layer, call, index]', where, value);
  const [layer, call, index] = parsed.data;
  return { layer, call, index };
}

/**
 * The number that each layer's first call carries. It is 0, but Keras counts the making of a nested model as its
 * call 0, so that the first use is 1 (https://github.com/keras-team/keras/blob/v3.4.0/keras/src/models/functional.py,
 * `get_config`: "Functional models start with a pre-existing node"). Writers differ; every call that is kept is
 * referred to, so the smallest number seen is the first call.
 */
export function firstCalls(layers: readonly LayerConfig[], ends: readonly TensorReference[]): Map<string, number> {
  const models = new Set(layers.filter((layer) => isModel(layer.class_name)).map(layerName));
  const first = new Map<string, number>();
  for (const { layer, call } of [...layers.flatMap((l) => callsOf(l).flat()), ...ends]) {
    if (models.has(layer)) first.set(layer, Math.min(call, first.get(layer) ?? call));
  }
  return first;
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

export function badTopology(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('bad-topology', expected(what, where, received), {
    remedy: 'The model config is damaged, or of a Keras that is not known here: save it again with Keras 2 or 3.',
  });
}
