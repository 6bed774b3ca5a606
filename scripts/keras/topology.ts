import {
  type Argument,
  badTopology,
  beyondLimit,
  callNumbers,
  callsOf,
  endpoints,
  isModel,
  keyedEndpoints,
  type LayerCall,
  layerName,
  layersOf,
  type ReadCall,
  TensorArgument,
  type TensorReference,
} from './inbound.ts';
import { MAX_CALLS, MAX_DEPTH } from './limits.ts';
import type { KerasModel, LayerConfig } from './model.ts';
import { inputsOf, type ModelConfig, type TopologyInput } from './model-inputs.ts';

export type { TopologyInput } from './model-inputs.ts';

/** Names one tensor of a model: an input's name, or a layer's path and the number of its call. */
export type TensorId = string;

/** One call of one layer. A shared layer has several, with the same path. */
export interface TopologyNode {
  /** The layer's name, below those of the models around it: `outer/inner/conv`. Its weights' names begin with it. */
  readonly path: string;
  readonly layer: LayerConfig;
  /** In the order of the call; the tensors of a `mask` argument come last. */
  readonly inputs: readonly TensorId[];
  /** The first output; `outputId` names the others. */
  readonly output: TensorId;
  /** The arguments of the call. A Sequential model's layers are given one tensor and nothing else. */
  readonly call?: LayerCall;
  /** The `mask` argument: for each tensor of the first argument, a number of `inputs` or null. */
  readonly masks?: readonly (number | null)[];
}

/** The id of one of the outputs of a node that has several. */
export function outputId(first: TensorId, index: number): TensorId {
  return index === 0 ? first : `${first}#${index}`;
}

/** What runs in which order. Nested models are flattened, layers that no output needs are left out. */
export interface Topology {
  readonly inputs: readonly TopologyInput[];
  /** In an order in which each node comes after those it reads. */
  readonly nodes: readonly TopologyNode[];
  readonly outputs: readonly TensorId[];
  /** What the user called the outputs, where the model answers a dictionary. */
  readonly outputKeys?: readonly string[];
  /** What no output needs, such as the other heads of a nested model: nothing runs it, but files hold its weights. */
  readonly unneeded: readonly TopologyNode[];
}

/** What a call gave, by number; undefined where there is no such output. */
type Outputs = (index: number) => TensorId | undefined;

/** What a call is given: the ids of its tensors and where they stand among its arguments. */
type Given = Pick<TopologyNode, 'inputs' | 'call' | 'masks'>;

/**
 * Reads a Keras config, of Keras 2 or Keras 3, Sequential or Functional.
 * @throws FreezeframeError `bad-topology` for a config that names what it does not hold, runs in a circle or has no shape
 */
export function readTopology(config: KerasModel['config']): Topology {
  const reader = new TopologyReader();
  const inputs = inputsOf(config);
  const ids = inputs.map((input) => input.name);
  const outputs = reader.expand(config, '', ids, 0);
  if (inputs.length === 0) throw badTopology('an input', 'input_layers of the model', []);
  if (outputs.length === 0) throw badTopology('an output', 'output_layers of the model', []);
  const nodes = neededFor(outputs, reader);
  const needed = new Set(nodes);
  const outputKeys = keyedEndpoints(config.config.output_layers);
  return {
    inputs,
    nodes,
    outputs,
    ...(outputKeys ? { outputKeys } : {}),
    unneeded: reader.nodes.filter((node) => !needed.has(node)),
  };
}

class TopologyReader {
  readonly nodes: TopologyNode[] = [];
  /** The first output of the node that gives a tensor, for the other outputs that something reads. */
  readonly firstOutputs = new Map<TensorId, TensorId>();
  readonly #calls = new Map<string, number>();
  #training: Argument = null;
  #count = 0;

  /** Adds the nodes of one call of a model and answers the ids of its outputs. */
  expand(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    if (depth > MAX_DEPTH) throw badTopology(`at most ${MAX_DEPTH} levels`, 'the nesting of models', depth);
    return model.class_name === 'Sequential'
      ? this.#sequential(model, prefix, inputs, depth)
      : this.#functional(model, prefix, inputs, depth);
  }

  #call(layer: LayerConfig, prefix: string, given: Given, depth: number): Outputs {
    const path = prefix + layerName(layer);
    // Models count too: empty ones that call each other twice would never come to a layer.
    if (++this.#count > MAX_CALLS) throw beyondLimit(MAX_CALLS, 'calls of layers', 'the model');
    if (isModel(layer.class_name)) {
      const inputs = modelInputs(layer, this.#masked(path, given));
      const outputs = this.#inTraining(layer, given, () => this.expand(layer, `${path}/`, inputs, depth + 1));
      return (index) => outputs[index];
    }
    const count = this.#calls.get(path) ?? 0;
    this.#calls.set(path, count + 1);
    const output = `${path}:${count}`;
    this.nodes.push({ path, layer, ...this.#asCalled(given), output });
    return (index) => {
      const id = outputId(output, index);
      this.firstOutputs.set(id, output);
      return id;
    };
  }

  /** A model of Keras 2 that is called with `training` hands it to its layers; Keras 3's `predict` overrides it. */
  #inTraining<T>({ inbound_nodes: nodes }: LayerConfig, { call }: Given, run: () => T): T {
    const before = this.#training;
    const isKeras2 = Array.isArray(nodes) && Array.isArray(nodes[0]);
    if (isKeras2) this.#training = call?.kwargs.training ?? before;
    const result = run();
    this.#training = before;
    return result;
  }

  #asCalled(given: Given): Given {
    if (this.#training !== true || (given.call?.kwargs.training ?? null) !== null) return given;
    const { args, kwargs } = given.call ?? { args: given.inputs.map((_, i) => new TensorArgument(i)), kwargs: {} };
    return { ...given, call: { args, kwargs: { ...kwargs, training: true } } };
  }

  /** A mask that a model is called with is the one that its inputs carry from there on, as in Keras. */
  #masked(path: string, given: Given): Given {
    const { inputs, masks = [] } = given;
    if (masks.length === 0) return given;
    const own = inputs.map((_, i) => i).filter((i) => !masks.includes(i));
    const carrying = [...inputs];
    for (const [n, mask] of masks.entries()) {
      const at = own[n];
      if (mask === null || at === undefined) continue;
      const layer = { class_name: 'Identity', config: { name: 'mask', carries: 'mask' } };
      const read = { inputs: [inputs[at] as TensorId, inputs[mask] as TensorId], masks: [1] };
      const output = `${path}:mask:${this.nodes.length}`;
      this.nodes.push({ path: `${path}:mask`, layer, ...read, output });
      this.firstOutputs.set(output, output);
      carrying[at] = output;
    }
    return { ...given, inputs: carrying };
  }

  #sequential(model: ModelConfig, prefix: string, inputs: readonly string[], depth: number): readonly string[] {
    return layersOf(model.config, prefix)
      .filter((layer) => layer.class_name !== 'InputLayer')
      .reduce<readonly string[]>((current, layer) => {
        const outputs = this.#call(layer, prefix, { inputs: current }, depth);
        // A model in a row hands on all that it gives; a layer that takes one tensor says so itself.
        return isModel(layer.class_name) ? allOf(outputs) : [outputs(0) as string];
      }, inputs);
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
    const numbers = callNumbers(layers, ends);
    const known = new Map<string, Outputs>(
      starts.map(({ layer }, i) => [`${layer} 0`, (index) => (index === 0 ? inputs[i] : undefined)]),
    );
    const key = (read: TensorReference) => `${read.layer} ${numbers.inbound(read)}`;
    const take = (key: string, index: number): string => {
      const id = known.get(key)?.(index);
      if (id === undefined) throw badTopology('a tensor that is there', 'a reference', `${key} ${index}`);
      return id;
    };
    for (const { layer, name, number, read } of inOrder(layers, key)) {
      if (known.has(`${name} ${number}`)) continue;
      const { reads, call, masks } = read;
      const given = {
        inputs: reads.map((read) => take(key(read), read.index)),
        call,
        ...(masks.length > 0 ? { masks } : {}),
      };
      known.set(`${name} ${number}`, this.#call(layer, prefix, given, depth));
    }
    return ends.map((end) => take(`${end.layer} ${numbers.output(end)}`, end.index));
  }
}

function allOf(outputs: Outputs): TensorId[] {
  const ids: TensorId[] = [];
  for (let id = outputs(0); id !== undefined; id = outputs(ids.length)) ids.push(id);
  return ids;
}

/**
 * The tensors that a nested model is called with, in the order of its input layers. A dictionary goes by its names.
 */
function modelInputs(model: ModelConfig, { inputs, call, masks = [] }: Given): readonly TensorId[] {
  const own = inputs.filter((_, i) => !masks.includes(i));
  const [first] = call?.args ?? [];
  const keys = keyedEndpoints(model.config.input_layers);
  if (!keys || !first || typeof first !== 'object' || Array.isArray(first) || first instanceof TensorArgument)
    return own;
  const byName = first as Record<string, Argument>;
  return keys.map((key) => {
    const argument = byName[key];
    if (!(argument instanceof TensorArgument))
      throw badTopology(`an input ${key}`, 'the call of a model', Object.keys(byName));
    return inputs[argument.index] as TensorId;
  });
}

interface Call {
  readonly layer: LayerConfig;
  readonly name: string;
  /** Of the layer's calls, from 0. */
  readonly number: number;
  readonly read: ReadCall;
}

const NOT_CALLED: ReadCall = { call: { args: [], kwargs: {} }, reads: [], masks: [] };

/** All calls, each after those it reads. @throws FreezeframeError `bad-topology` where calls wait for each other */
function inOrder(layers: readonly LayerConfig[], key: (reference: TensorReference) => string): Call[] {
  const calls = layers.flatMap((layer): Call[] => {
    const name = layerName(layer);
    if (layer.class_name === 'InputLayer') return [{ layer, name, number: 0, read: NOT_CALLED }];
    return callsOf(layer).map((read, number) => ({ layer, name, number, read }));
  });
  const ids = new Set(calls.map(({ name, number }) => `${name} ${number}`));
  const waiting = new Map<Call, number>();
  const readers = new Map<string, Call[]>();
  for (const call of calls) {
    // What is not there is named by whoever looks it up.
    const sources = new Set(call.read.reads.map(key).filter((source) => ids.has(source)));
    waiting.set(call, sources.size);
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), call]);
  }
  const ordered = calls.filter((call) => waiting.get(call) === 0);
  for (const { name, number } of ordered) {
    for (const reader of readers.get(`${name} ${number}`) ?? []) {
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

function neededFor(outputs: readonly string[], { nodes, firstOutputs }: TopologyReader): TopologyNode[] {
  const needed = new Set<TensorId>();
  const need = (id: TensorId) => needed.add(firstOutputs.get(id) ?? id);
  outputs.forEach(need);
  const kept = nodes.toReversed().filter((node) => {
    if (!needed.has(node.output)) return false;
    node.inputs.forEach(need);
    return true;
  });
  return kept.toReversed();
}
