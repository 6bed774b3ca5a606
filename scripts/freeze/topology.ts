import {
  badTopology,
  callsOf,
  declaredShape,
  endpoints,
  firstCalls,
  isModel,
  layerName,
  layersOf,
  type TensorReference,
} from './inbound.ts';
import type { KerasModel, LayerConfig, Shape } from './keras-model.ts';

/** Names one tensor of a model: an input's name, or a layer's path and the number of its call. */
export type TensorId = string;

/** One call of one layer. A shared layer has several, with the same path. */
export interface TopologyNode {
  /** The layer's name, below those of the models around it: `outer/inner/conv`. Its weights' names begin with it. */
  readonly path: string;
  readonly layer: LayerConfig;
  /** In the order of the call. */
  readonly inputs: readonly TensorId[];
  readonly output: TensorId;
}

export interface TopologyInput {
  /** The input layer's name; also the id of its tensor. */
  readonly name: TensorId;
  readonly shape: Shape;
  readonly datatype: string;
}

/** What runs in which order. Nested models are flattened, layers that no output needs are left out. */
export interface Topology {
  readonly inputs: readonly TopologyInput[];
  /** In an order in which each node comes after those it reads. */
  readonly nodes: readonly TopologyNode[];
  readonly outputs: readonly TensorId[];
}

/** Deeper nesting than any real model; a guard for files that nest for its own sake. */
const MAX_DEPTH = 32;

type ModelConfig = Pick<LayerConfig, 'class_name' | 'config'>;

/**
 * Reads a Keras config, of Keras 2 or Keras 3, Sequential or Functional.
 * @throws FreezeframeError `bad-topology` for a config that names what it does not hold, runs in a circle or has no shape
 */
export function readTopology(config: KerasModel['config']): Topology {
  const reader = new TopologyReader();
  const inputs = config.class_name === 'Sequential' ? [sequentialInput(config)] : functionalInputs(config);
  const ids = inputs.map((input) => input.name);
  const outputs = reader.expand(config, '', ids, 0);
  return { inputs, nodes: neededFor(outputs, reader.nodes), outputs };
}

class TopologyReader {
  readonly nodes: TopologyNode[] = [];
  readonly #calls = new Map<string, number>();

  /** Adds the nodes of one call of a model and answers the ids of its outputs. */
  expand(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    if (depth > MAX_DEPTH) throw badTopology(`at most ${MAX_DEPTH} levels`, 'the nesting of models', depth);
    return model.class_name === 'Sequential'
      ? this.#sequential(model, prefix, inputs, depth)
      : this.#functional(model, prefix, inputs, depth);
  }

  #call(layer: LayerConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    const path = prefix + layerName(layer);
    if (isModel(layer.class_name)) return this.expand(layer, `${path}/`, inputs, depth + 1);
    const count = this.#calls.get(path) ?? 0;
    this.#calls.set(path, count + 1);
    const output = `${path}:${count}`;
    this.nodes.push({ path, layer, inputs, output });
    return [output];
  }

  #sequential(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    return layersOf(model.config, prefix)
      .filter((layer) => layer.class_name !== 'InputLayer')
      .reduce((current, layer) => this.#call(layer, prefix, current, depth), inputs);
  }

  #functional(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    const layers = layersOf(model.config, prefix);
    const ends = endpoints(model.config.output_layers, 'output_layers');
    const starts = endpoints(model.config.input_layers, 'input_layers');
    if (starts.length !== inputs.length) {
      throw badTopology(
        `${starts.length} inputs`,
        prefix ? `the model ${prefix.slice(0, -1)}` : 'the model',
        inputs.length,
      );
    }
    const first = firstCalls(layers, ends);
    const known = new Map<string, readonly string[]>(
      starts.map(({ layer }, i) => [`${layer} 0`, [inputs[i] as string]]),
    );
    const key = ({ layer, call }: TensorReference) => `${layer} ${call - (first.get(layer) ?? 0)}`;
    const take = (read: TensorReference): string => {
      const id = known.get(key(read))?.[read.index];
      if (id === undefined) throw badTopology('a tensor that is there', 'a reference', `${key(read)} ${read.index}`);
      return id;
    };
    for (const { layer, name, call, reads } of inOrder(layers, key)) {
      if (!known.has(`${name} ${call}`))
        known.set(`${name} ${call}`, this.#call(layer, prefix, reads.map(take), depth));
    }
    return ends.map(take);
  }
}

interface Call {
  readonly layer: LayerConfig;
  readonly name: string;
  readonly call: number;
  readonly reads: readonly TensorReference[];
}

/** All calls, each after those it reads. @throws FreezeframeError `bad-topology` where calls wait for each other */
function inOrder(layers: readonly LayerConfig[], key: (reference: TensorReference) => string): Call[] {
  const calls = layers.flatMap((layer): Call[] => {
    const name = layerName(layer);
    if (layer.class_name === 'InputLayer') return [{ layer, name, call: 0, reads: [] }];
    return callsOf(layer).map((reads, call) => ({ layer, name, call, reads }));
  });
  const ids = new Set(calls.map(({ name, call }) => `${name} ${call}`));
  const waiting = new Map<Call, number>();
  const readers = new Map<string, Call[]>();
  for (const call of calls) {
    // What is not there is named by whoever looks it up.
    const sources = new Set(call.reads.map(key).filter((source) => ids.has(source)));
    waiting.set(call, sources.size);
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), call]);
  }
  const ordered = calls.filter((call) => waiting.get(call) === 0);
  for (const { name, call } of ordered) {
    for (const reader of readers.get(`${name} ${call}`) ?? []) {
      const left = (waiting.get(reader) as number) - 1;
      waiting.set(reader, left);
      if (left === 0) ordered.push(reader);
    }
  }
  if (ordered.length < calls.length) {
    const stuck = calls.filter((call) => (waiting.get(call) as number) > 0).map(({ name }) => name);
    throw badTopology('layers that can run one after another', 'inbound_nodes', stuck);
  }
  return ordered;
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

function functionalInputs(model: ModelConfig): TopologyInput[] {
  const layers = new Map(layersOf(model.config, '').map((layer) => [layerName(layer), layer]));
  return endpoints(model.config.input_layers, 'input_layers').map(({ layer: name }) => {
    const layer = layers.get(name);
    const shape = layer && declaredShape(layer);
    if (!layer || !shape) throw badTopology('an input layer with a shape', 'input_layers', name);
    return { name, shape, datatype: datatypeOf(layer) };
  });
}

function sequentialInput(model: ModelConfig): TopologyInput {
  const [first] = layersOf(model.config, '');
  if (!first) throw badTopology('at least one layer', 'the model', []);
  const built = { input_shape: undefined, batch_shape: model.config.build_input_shape ?? buildShape(model) };
  const shape = firstShape(first) ?? declaredShape({ class_name: 'InputLayer', config: { name: 'input', ...built } });
  if (!shape) throw badTopology('an input shape (build the model before saving it)', 'the model', undefined);
  const name = first.class_name === 'InputLayer' ? layerName(first) : `${layerName(first)}_input`;
  return { name, shape, datatype: datatypeOf(first) };
}

/** The shape a first layer states, or the first layer of the model that it is. */
function firstShape(layer: LayerConfig): Shape | undefined {
  const own = declaredShape(layer);
  if (own || !isModel(layer.class_name)) return own;
  if (layer.class_name !== 'Sequential') return functionalInputs(layer)[0]?.shape;
  const [inner] = layersOf(layer.config, layerName(layer));
  return inner && firstShape(inner);
}

function buildShape(model: ModelConfig): unknown {
  return (model as { build_config?: { input_shape?: unknown } }).build_config?.input_shape;
}

/** Keras 3 writes a dtype as text or as an object around its name. */
function datatypeOf({ config }: LayerConfig): string {
  const { dtype } = config;
  if (typeof dtype === 'string') return dtype;
  const name = (dtype as { config?: { name?: unknown } } | undefined)?.config?.name;
  return typeof name === 'string' ? name : 'float32';
}
