import { groupNames, type KerasModel, type LayerConfig, type Tensor, type Writer } from '#keras';
import { type Call, doublesIn, type Options } from './call.ts';
import {
  type Arguments,
  type CallOutput,
  callOutputsIn,
  callOutputsOf,
  callsIn,
  layersIn,
  MODELS,
  nameOf,
  numberingOf,
  resolve,
} from './config.ts';
import { type Doubles, doubles, isDoubles, wrong } from './doubles.ts';
import { findRule } from './registry.ts';

type LayerRun = (layer: LayerConfig, args: readonly unknown[], keywords: Options) => readonly Doubles[];
type ModelConfig = Pick<LayerConfig, 'class_name' | 'config'>;

/** Small weights are kept in double precision; large kernels are read as they are. */
const KEPT = 1 << 16;

/** Runs a Keras config layer by layer, as Keras does: models are walked where they stand, nothing is flattened. */
export class Walker {
  readonly #weights: KerasModel['weights'];
  readonly #writer: Writer;
  readonly #doubles = new Map<string, Doubles>();

  constructor({ config, weights }: KerasModel) {
    this.#weights = weights;
    // The file says it, as it says the layers' names; what is made here is of today's Keras.
    this.#writer = config.writer ?? 'keras-3.4';
  }

  /**
   * @param prefix the path of the model, empty or with a slash behind
   * @param wrapped it stands inside a wrapper, so that its layers' weights are named as Keras 3 saves them: by class
   */
  model(model: ModelConfig, prefix: string, inputs: readonly Doubles[], wrapped = false): Doubles[] {
    const names = wrapped ? groupNames() : nameOf;
    const paths = new Map(
      layersIn(model.config, prefix).map((layer) => [layer, `${prefix}${wrapped ? 'layers/' : ''}${names(layer)}`]),
    );
    const run: LayerRun = (layer, args, keywords) =>
      this.layer(layer, paths.get(layer) as string, args, keywords, wrapped);
    if (model.class_name === 'Sequential') return this.#sequential(model, prefix, inputs, run);
    return this.#functional(model, prefix, inputs, run);
  }

  #sequential(model: ModelConfig, prefix: string, inputs: readonly Doubles[], run: LayerRun): Doubles[] {
    let current: readonly Doubles[] = inputs;
    for (const layer of layersIn(model.config, prefix)) {
      if (layer.class_name === 'InputLayer') continue;
      const [first] = current as [Doubles];
      current = run(layer, [current.length === 1 ? first : current], {});
    }
    return [...current];
  }

  #functional(model: ModelConfig, prefix: string, inputs: readonly Doubles[], run: LayerRun): Doubles[] {
    const plan = planOf(model, prefix);
    const answers = new Map<string, readonly Doubles[]>();
    const uses = new Map(plan.uses);
    const look = (output: CallOutput, key = plan.key(output)): Doubles => {
      const found = answers.get(key)?.[output.index];
      if (!found) throw wrong('a tensor that is there', `${prefix}inbound_nodes`, Object.values(output));
      return found;
    };
    for (const [i, start] of plan.starts.entries()) {
      const input = inputs[i];
      if (!input) throw wrong(`${plan.starts.length} inputs`, `model ${prefix}`, inputs.length);
      answers.set(plan.key(start), [input]);
    }
    for (const { key, layer, given, sources } of plan.steps) {
      if (answers.has(key)) continue;
      const args = resolve(given.args, look);
      const keywords = resolve(given.keywords, look);
      answers.set(key, run(layer, args, keywords));
      // What nobody will read again is let go: a large model's tensors do not fit into memory all at once.
      for (const source of sources) {
        const left = (uses.get(source) ?? 0) - 1;
        uses.set(source, left);
        if (left <= 0) answers.delete(source);
      }
    }
    return plan.ends.map((end) => look(end, plan.endKey(end)));
  }

  /** One call of one layer or model. */
  layer(
    layer: LayerConfig,
    path: string,
    args: readonly unknown[],
    keywords: Options,
    wrapped = false,
  ): readonly Doubles[] {
    if (MODELS.includes(layer.class_name)) {
      return this.model(layer, `${path}/`, modelInputs(layer, args, keywords), wrapped);
    }
    const module = (layer as { module?: unknown }).module;
    const rule = findRule(layer.class_name, module);
    if (!rule) throw wrong('a class that the evaluator knows', `layer ${path}`, layer.class_name);
    const [x = doubles([])] = doublesIn([args, keywords]);
    const className = layer.class_name.split('>').at(-1) as string;
    const call: Call = {
      path,
      className,
      options: layer.config,
      writer: this.#writer,
      args,
      keywords,
      weight: (name) => this.#double(`${path}/${name}`),
      tensor: (name) => this.#tensor(`${path}/${name}`),
      has: (name) => this.#weights.has(`${path}/${name}`),
      inner: (inner, inside, innerArgs, innerKeywords = {}) =>
        this.layer(inner, `${path}/${inside}`, innerArgs, innerKeywords, true),
    };
    const answer = rule.compute(x, call);
    const answers = Array.isArray(answer) ? (answer as readonly Doubles[]) : [answer as Doubles];
    const integer = x.integer && rule.keepsIntegers;
    const keeps = rule.keepsMask === true || (rule.keepsMask !== undefined && this.#writer !== 'keras-2');
    return answers.map(({ shape, data, mask, integer: own }, i) => {
      const handed = keeps && i === 0 ? (mask ?? x.mask) : x === answers[i] ? undefined : mask;
      return { shape, data, mask: handed, integer: own ?? integer };
    });
  }

  #tensor(name: string): Tensor {
    const found = this.#weights.get(name);
    if (!found) throw wrong('a tensor', `weight ${name}`, undefined);
    return found;
  }

  #double(name: string): Doubles {
    const kept = this.#doubles.get(name);
    if (kept) return kept;
    const { shape, data } = this.#tensor(name);
    const double = doubles(shape, data);
    if (data.length <= KEPT) this.#doubles.set(name, double);
    return double;
  }
}

/** The inputs of a model in its order, `float32` where it says nothing. A Sequential model may leave its input unnamed. */
export function declaredInputs({ class_name, config }: ModelConfig): { name: string; datatype: string }[] {
  const layers = layersIn(config, '');
  if (class_name === 'Sequential') {
    const [first] = layers;
    if (!first) throw wrong('at least one layer', 'the model', []);
    const name = first.class_name === 'InputLayer' ? nameOf(first) : `${nameOf(first)}_input`;
    return [{ name, datatype: datatypeOf(first) }];
  }
  const named = new Map(layers.map((layer) => [nameOf(layer), layer]));
  return callOutputsIn(config.input_layers).map(({ layer: name }) => ({ name, datatype: datatypeOf(named.get(name)) }));
}

function datatypeOf(layer: LayerConfig | undefined): string {
  if (layer && MODELS.includes(layer.class_name)) return declaredInputs(layer)[0]?.datatype ?? 'float32';
  return typeof layer?.config.dtype === 'string' ? layer.config.dtype : 'float32';
}

/** What a model is called on; a mask that it is called with is the one that its inputs carry. */
function modelInputs(model: LayerConfig, args: readonly unknown[], keywords: Options): Doubles[] {
  const inputs = ownInputs(model, args, keywords);
  const masks = Array.isArray(keywords.mask) ? keywords.mask : [keywords.mask];
  return inputs.map((input, i) => (isDoubles(masks[i]) ? { ...input, mask: masks[i] } : input));
}

/** A model may be called on a dictionary whose keys are its inputs' names. */
function ownInputs({ config }: LayerConfig, args: readonly unknown[], keywords: Options): Doubles[] {
  const given = args[0] ?? keywords.inputs;
  const starts = config.input_layers;
  const isPlain = (thing: unknown): thing is Record<string, unknown> =>
    thing !== null && typeof thing === 'object' && !Array.isArray(thing) && !isDoubles(thing);
  if (isPlain(given) && isPlain(starts))
    return Object.keys(starts)
      .sort()
      .flatMap((key) => doublesIn(given[key]));
  return doublesIn(given);
}

interface Step {
  readonly key: string;
  readonly layer: LayerConfig;
  readonly given: Arguments;
  /** Keys of what it reads, each once. */
  readonly sources: readonly string[];
}

interface Plan {
  readonly starts: readonly CallOutput[];
  readonly ends: readonly CallOutput[];
  /** Each after those it reads; only what the ends need. */
  readonly steps: readonly Step[];
  /** How many steps (and ends) read each answer. */
  readonly uses: ReadonlyMap<string, number>;
  key(output: CallOutput): string;
  endKey(output: CallOutput): string;
}

const plans = new WeakMap<object, Plan>();

function planOf(model: ModelConfig, prefix: string): Plan {
  const known = plans.get(model.config) ?? makePlan(model, prefix);
  plans.set(model.config, known);
  return known;
}

function makePlan({ config }: ModelConfig, prefix: string): Plan {
  const layers = layersIn(config, prefix);
  const [starts, ends] = [callOutputsIn(config.input_layers), callOutputsIn(config.output_layers)];
  const calls = layers.map((layer) => callsIn(layer.inbound_nodes));
  const numbering = numberingOf(layers, ends);
  const key = (output: CallOutput) => `${output.layer}\n${numbering.inbound(output)}`;
  const endKey = (output: CallOutput) => `${output.layer}\n${numbering.end(output)}`;
  const steps = new Map<string, Step>();
  for (const [i, layer] of layers.entries()) {
    for (const [call, given] of (calls[i] as Arguments[]).entries()) {
      const own = `${nameOf(layer)}\n${call}`;
      steps.set(own, { key: own, layer, given, sources: [...new Set(callOutputsOf(given).map(key))] });
    }
  }
  const ordered = inOrder(ends.map(endKey), steps, new Set(starts.map(key)), prefix);
  const uses = new Map<string, number>();
  const count = (source: string) => uses.set(source, (uses.get(source) ?? 0) + 1);
  for (const { sources } of ordered) sources.forEach(count);
  for (const end of ends) count(endKey(end));
  return { starts, ends, steps: ordered, uses, key, endKey };
}

/** Depth first from the ends, without recursion: real models are thousands of layers deep. */
function inOrder(
  ends: readonly string[],
  steps: ReadonlyMap<string, Step>,
  known: ReadonlySet<string>,
  prefix: string,
): Step[] {
  const ordered: Step[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const waiting = [...ends];
  while (waiting.length > 0) {
    const key = waiting.at(-1) as string;
    const step = steps.get(key);
    if (known.has(key) || state.get(key) === 'done' || !step) {
      waiting.pop();
      continue;
    }
    const open = step.sources.filter(
      (source) => !known.has(source) && steps.has(source) && state.get(source) !== 'done',
    );
    if (open.length === 0) {
      state.set(key, 'done');
      ordered.push(step);
      waiting.pop();
    } else if (state.get(key) === 'open' && open.some((source) => state.get(source) === 'open')) {
      throw wrong('layers that can run one after another', `${prefix}inbound_nodes`, key);
    } else {
      state.set(key, 'open');
      waiting.push(...open);
    }
  }
  return ordered;
}
