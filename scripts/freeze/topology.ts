import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Call, functionalCalls, readHistory } from './inbound-nodes.ts';
import type { KerasModel, LayerConfig, Shape } from './keras-model.ts';

/** One call of one layer. A shared layer has several, with the same path. */
export interface TopologyNode {
  /** The layer's name, below those of the models around it: `outer/inner/conv`. Its weights' names begin with it. */
  readonly path: string;
  readonly layer: LayerConfig;
  /** Ids of tensors, in the order of the call. */
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface TopologyInput {
  /** The input layer's name; also the id of its tensor. */
  readonly name: string;
  readonly shape: Shape;
  readonly datatype: string;
}

/** What runs in which order. Nested models are flattened, layers that no output needs are left out. */
export interface Topology {
  readonly inputs: readonly TopologyInput[];
  /** In an order in which each node comes after those it reads. */
  readonly nodes: readonly TopologyNode[];
  /** Ids of tensors. */
  readonly outputs: readonly string[];
}

const MODEL_CLASSES = new Set(['Sequential', 'Functional', 'Model']);
/** Deeper nesting than any real model; a guard for files that nest for its own sake. */
const MAX_DEPTH = 32;

/**
 * Reads a Keras config, of Keras 2 or Keras 3, Sequential or Functional.
 * @throws FreezeframeError `bad-topology` for a config that names what it does not hold, runs in a circle or has no shape
 */
export function readTopology(config: KerasModel['config']): Topology {
  const reader = new TopologyReader();
  const inputs = isSequential(config) ? [sequentialInput(config)] : functionalInputs(config);
  const outputs = reader.expand(
    config,
    '',
    inputs.map((input) => input.name),
    0,
  );
  return { inputs, nodes: neededFor(outputs, reader.nodes), outputs };
}

class TopologyReader {
  readonly nodes: TopologyNode[] = [];
  readonly #calls = new Map<string, number>();

  /** Adds the nodes of one call of a model and answers the ids of its outputs. */
  expand(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    if (depth > MAX_DEPTH) throw badTopology(`models are nested more than ${MAX_DEPTH} deep`);
    return isSequential(model)
      ? this.#sequential(model, prefix, inputs, depth)
      : this.#functional(model, prefix, inputs, depth);
  }

  #call(layer: LayerConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    const path = prefix + nameOf(layer);
    if (isModel(layer)) return this.expand(layer, `${path}/`, inputs, depth + 1);
    const count = this.#calls.get(path) ?? 0;
    this.#calls.set(path, count + 1);
    const output = `${path}:${count}`;
    this.nodes.push({ path, layer, inputs, output });
    return [output];
  }

  #sequential(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    return layersOf(model)
      .filter((layer) => layer.class_name !== 'InputLayer')
      .reduce((current, layer) => this.#call(layer, prefix, current, depth), inputs);
  }

  #functional(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    const names = historyList(model, 'input_layers').map(([name]) => name);
    if (names.length !== inputs.length) {
      throw badTopology(expected(`${names.length} inputs`, `the model ${prefix || 'itself'}`, inputs.length));
    }
    const known = new Map<string, readonly string[]>(names.map((name, i) => [`${name} 0`, [inputs[i] as string]]));
    for (const call of functionalCalls(layersOf(model))) {
      if (known.has(call.id)) continue;
      if (call.layer.class_name === 'InputLayer') throw badTopology(`input layer "${call.id}" is not among the inputs`);
      known.set(
        call.id,
        this.#call(
          call.layer,
          prefix,
          call.inputs.map((read) => lookUp(known, read, call)),
          depth,
        ),
      );
    }
    return historyList(model, 'output_layers').map((read) => lookUp(known, read));
  }
}

type History = readonly [layer: string, call: number, output: number];
type ModelConfig = Pick<LayerConfig, 'class_name' | 'config'>;

function lookUp(known: ReadonlyMap<string, readonly string[]>, [name, call, output]: History, by?: Call): string {
  const id = known.get(`${name} ${call}`)?.[output];
  if (id !== undefined) return id;
  throw badTopology(`output ${output} of call ${call} of "${name}" is read${by ? ` by "${by.id}"` : ''} and not there`);
}

function neededFor(outputs: readonly string[], nodes: readonly TopologyNode[]): TopologyNode[] {
  const needed = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (!needed.has(node.output)) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return kept.toReversed();
}

function isSequential(model: ModelConfig): boolean {
  return model.class_name === 'Sequential';
}

/** Whether a layer is a model of its own. */
export function isModel(layer: ModelConfig): boolean {
  return MODEL_CLASSES.has(layer.class_name) && layersIn(layer) !== undefined;
}

function layersIn({ config }: ModelConfig): unknown {
  // Keras before 2.3 wrote a Sequential's config as the bare list of its layers.
  return Array.isArray(config) ? config : config?.layers;
}

/** A model's own layers, each checked to be one. */
export function layersOf(model: ModelConfig): LayerConfig[] {
  const layers = layersIn(model);
  if (!Array.isArray(layers)) {
    throw badTopology(expected('a list', 'the layers of the config', layers), `Found class ${model.class_name}.`);
  }
  return layers.map((layer: unknown, position) => {
    const { class_name, config } = (layer ?? {}) as Partial<LayerConfig>;
    if (typeof class_name !== 'string' || typeof config !== 'object' || config === null) {
      throw badTopology(expected('{ class_name, config }', `layer ${position + 1}`, layer));
    }
    return layer as LayerConfig;
  });
}

function nameOf(layer: LayerConfig): string {
  const name = layer.config.name ?? layer.name;
  if (typeof name === 'string' && name.length > 0) return name;
  throw badTopology(expected('a text', `the name of a ${layer.class_name} layer`, name));
}

function functionalInputs(model: ModelConfig): TopologyInput[] {
  const layers = new Map(layersOf(model).map((layer) => [nameOf(layer), layer]));
  return historyList(model, 'input_layers').map(([name]) => {
    const layer = layers.get(name);
    const shape = layer && ownShape(layer);
    if (!layer || !shape) throw badTopology(`the input layer "${name}" is not there or has no shape`);
    return { name, shape, datatype: datatypeOf(layer) };
  });
}

function sequentialInput(model: ModelConfig): TopologyInput {
  const [first] = layersOf(model);
  if (!first) throw badTopology('the model has no layers');
  const own = firstShape(first);
  const shape = own ?? shapeOf(model.config.build_input_shape) ?? shapeOf(buildShape(model));
  if (!shape) {
    throw badTopology('no layer says what shape the input has', 'Build the model (model.build) before saving it.');
  }
  const name = first.class_name === 'InputLayer' ? nameOf(first) : `${nameOf(first)}_input`;
  return { name, shape, datatype: datatypeOf(first) };
}

/** The shape a first layer states, or the first layer of the model that it is. */
function firstShape(layer: LayerConfig): Shape | undefined {
  const own = ownShape(layer);
  if (own || !isModel(layer)) return own;
  if (!isSequential(layer)) return functionalInputs(layer)[0]?.shape;
  const [inner] = layersOf(layer);
  return inner && firstShape(inner);
}

function ownShape({ config }: LayerConfig): Shape | undefined {
  const batched = shapeOf(config.batch_shape) ?? shapeOf(config.batch_input_shape);
  const bare = shapeOf(config.input_shape);
  return batched ?? (bare && [null, ...bare]);
}

function buildShape(model: ModelConfig): unknown {
  return (model as { build_config?: { input_shape?: unknown } }).build_config?.input_shape;
}

function shapeOf(value: unknown): Shape | undefined {
  const valid = Array.isArray(value) && value.every((size) => size === null || (Number.isInteger(size) && size > 0));
  return valid ? (value as Shape) : undefined;
}

/** Keras 3 writes a dtype as text or as an object around its name. */
function datatypeOf({ config }: LayerConfig): string {
  const { dtype } = config;
  if (typeof dtype === 'string') return dtype;
  const name = (dtype as { config?: { name?: unknown } } | undefined)?.config?.name;
  return typeof name === 'string' ? name : 'float32';
}

/** `input_layers` or `output_layers`: a list of references, or a single one without the list. */
function historyList(model: ModelConfig, key: 'input_layers' | 'output_layers'): History[] {
  const value = model.config[key];
  const list = Array.isArray(value) && typeof value[0] === 'string' ? [value] : value;
  if (!Array.isArray(list) || list.length === 0) throw badTopology(expected('a list of layers', key, value));
  return list.map((item) => {
    const history = readHistory(item);
    if (!history) throw badTopology(expected('[layer, call, output]', key, item));
    return history;
  });
}

function badTopology(message: string, remedy?: string): FreezeframeError {
  return new FreezeframeError(
    'bad-topology',
    `The model's config cannot be used: ${message}`,
    remedy ? { remedy } : {},
  );
}
