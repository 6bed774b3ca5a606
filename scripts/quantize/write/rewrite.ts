import { clone, create, toBinary } from '@bufbuild/protobuf';
import { type GraphProto, type ModelProto, ModelProtoSchema, NodeProtoSchema, OperatorSetIdProtoSchema } from '#onnx';
import {
  floatAttribute,
  GraphIndex,
  intAttribute,
  makeNode,
  makeTensor,
  nameMaker,
  namesWithin,
} from '../graph/nodes.ts';
import { type Plan, planUnits, type Unit } from '../graph/plan.ts';
import type { Range } from '../ranges/histogram.ts';
import { type Scale, scaleOf } from './scales.ts';
import { hasBias, outputAxis, storedWeightsOf } from './weights.ts';

/** Since it, ONNX's own operators take a scale for each channel; onnxruntime's do with any set. */
const PER_CHANNEL_OPSET = 13;
const MICROSOFT = 'com.microsoft';

export interface Ranges {
  range(root: string): Range;
  /** Mean of each channel of what a unit with weights reads. */
  means(input: string): Float64Array;
}

export interface Rewritten {
  readonly onnx: Uint8Array;
  /** What computes with stored numbers, by the name of what it gives. */
  readonly stored: readonly string[];
  /** Real numbers that are computed with stored ones: what gives them has nothing else to read. */
  readonly computed: ReadonlySet<string>;
  /** Names of the stored values, in the order in which they are made. */
  readonly bytes: readonly string[];
  /** Products of stored numbers that are left as real ones. */
  readonly products: readonly string[];
}

/**
 * The graph with stored numbers: between `QuantizeLinear` and `DequantizeLinear` stands what onnxruntime computes with integers.
 * @param model simplified and normalized; it is not changed
 * @param left what stays in float, by the names of what the nodes give
 */
export function rewrite(model: ModelProto, ranges: Ranges, left: ReadonlySet<string>): Rewritten {
  let excluded = left;
  for (;;) {
    const writer = new Writer(model, planUnits(model.graph as GraphProto, opsetOf(model), excluded), ranges);
    const overflowing = writer.write();
    if (overflowing === undefined) return writer.finished();
    // Its sum of products may leave int32: it is computed in float.
    excluded = new Set([...excluded, overflowing]);
  }
}

export function opsetOf({ opsetImport }: ModelProto): number {
  return Number(opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1);
}

class Writer {
  readonly #model: ModelProto;
  readonly #graph: GraphProto;
  readonly #index: GraphIndex;
  readonly #plan: Plan;
  readonly #ranges: Ranges;
  readonly #free: (base: string) => string;
  readonly #domain: string;
  readonly #scales = new Map<string, Scale & { readonly names: readonly [string, string] }>();
  /** Names of the stored values. */
  readonly #bytes = new Map<string, string>();
  readonly #computed = new Set<string>();
  readonly #added: GraphProto['initializer'] = [];
  #nodes: GraphProto['node'] = [];

  constructor(model: ModelProto, plan: Plan, ranges: Ranges) {
    this.#model = clone(ModelProtoSchema, model);
    this.#graph = this.#model.graph as GraphProto;
    this.#index = new GraphIndex(this.#graph);
    this.#free = nameMaker(this.#graph);
    this.#domain = opsetOf(model) >= PER_CHANNEL_OPSET ? '' : MICROSOFT;
    this.#plan = plan;
    this.#ranges = ranges;
  }

  /** @returns the name of a unit that cannot be stored */
  write(): string | undefined {
    const units = new Map(this.#plan.units.map((unit) => [unit.node.output[0], unit]));
    const absorbed = new Set([...this.#plan.absorbed].map(({ output }) => output[0]));
    const read = this.#readAsFloat(units, absorbed);
    for (const { name } of this.#graph.input) this.#entry(name);
    for (const node of this.#graph.node) {
      const [own = ''] = node.output;
      const unit = units.get(own);
      if (absorbed.has(own)) continue;
      if (this.#plan.given.has(own)) {
        this.#given(node);
        if (read.has(own)) this.#nodes.push(node);
        continue;
      }
      if (!unit) this.#nodes.push(node);
      else if (!this.#unit(unit)) return own;
      for (const name of unit ? [unit.output] : node.output) {
        if (unit?.stored !== true) this.#entry(name, this.#unfused);
        else if (read.has(name)) this.#nodes.push(this.#dequantize(name, name));
      }
    }
    return undefined;
  }

  finished(): Rewritten {
    this.#graph.node = this.#nodes;
    this.#graph.valueInfo = [];
    const read = new Set(this.#nodes.flatMap((node) => [...node.input, ...namesWithin(node)]));
    const outputs = this.#graph.output.map(({ name }) => name);
    this.#graph.initializer = [...this.#graph.initializer, ...this.#added].filter(
      ({ name }) => read.has(name) || outputs.includes(name),
    );
    const known = this.#model.opsetImport.some(({ domain }) => domain === MICROSOFT);
    if (this.#domain === MICROSOFT && !known)
      this.#model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: MICROSOFT, version: 1n }));
    return {
      onnx: toBinary(ModelProtoSchema, this.#model),
      stored: this.#plan.units.map(({ node }) => node.output[0] as string),
      computed: this.#computed,
      bytes: [...this.#bytes.values()],
      products: this.#plan.units.filter(({ stored }) => !stored).map(({ output }) => output),
    };
  }

  /** Values that a node which computes in float, or the outside, reads. */
  #readAsFloat(units: ReadonlyMap<string | undefined, Unit>, absorbed: ReadonlySet<string | undefined>): Set<string> {
    const read = new Set(this.#graph.output.map(({ name }) => name));
    for (const node of this.#graph.node) {
      for (const name of namesWithin(node)) read.add(name);
      if (absorbed.has(node.output[0]) || units.has(node.output[0])) continue;
      for (const name of node.input) read.add(name);
    }
    return read;
  }

  /** Bytes of a picture, whose scale the graph says itself. */
  #given({ input: [bytes = '', scale = '', zero = ''], output: [own = ''] }: Unit['node']): void {
    this.#bytes.set(own, bytes);
    const [value = 1] = this.#index.floats(scale) ?? [];
    this.#scales.set(own, { scale: value, zero: this.#index.constant(zero)?.rawData[0] ?? 0, names: [scale, zero] });
  }

  /** A value that is made in float and read as stored. */
  #entry(name: string, from = (own: string) => own): void {
    if (this.#plan.roots.has(name) && !this.#bytes.has(name)) this.#quantize(from(name), name);
  }

  /**
   * The same numbers behind an operator that changes none. Without it onnxruntime makes integers of what stays in float between
   * bytes, with one scale for all weights (`WeightBiasQuantization`); a convolution takes this one in.
   */
  readonly #unfused = (name: string): string => {
    const same = this.#free(`${name}_real`);
    this.#nodes.push(makeNode('LeakyRelu', [name], same, [floatAttribute('alpha', 1)]));
    return same;
  };

  /** @returns false where its weights cannot be stored */
  #unit({ kind, node, inputs, output, stored }: Unit): boolean {
    const [own = ''] = node.output;
    if (kind === 'cut') {
      this.#quantize(this.#read(inputs[0] as string), output);
      return true;
    }
    const copy = create(NodeProtoSchema, { ...node, input: [...node.input], output: [...node.output] });
    for (const [i, name] of inputs.entries()) copy.input[i] = this.#read(name);
    if (kind === 'weighted' && !this.#weights(copy, inputs[0] as string)) return false;
    const real = stored ? this.#free(`${own}_real`) : own;
    copy.output[0] = real;
    this.#computed.add(real);
    this.#nodes.push(copy);
    if (stored) this.#quantize(real, output);
    return true;
  }

  /** What a stored value stands for: an operator of its own for each reader, as onnxruntime looks for. */
  #read(name: string): string {
    const node = this.#dequantize(name, this.#free(`${name}_read`));
    this.#nodes.push(node);
    return node.output[0] as string;
  }

  #dequantize(name: string, output: string) {
    const { names } = this.#scale(name);
    return makeNode('DequantizeLinear', [this.#bytes.get(name) as string, ...names], output, [], this.#domain);
  }

  #quantize(from: string, name: string): void {
    const bytes = this.#free(`${name}_bytes`);
    this.#bytes.set(name, bytes);
    const { names } = this.#scale(name);
    this.#nodes.push(makeNode('QuantizeLinear', [from, ...names], bytes, [], this.#domain));
  }

  #scale(name: string) {
    const root = this.#plan.roots.get(name) as string;
    const known = this.#scales.get(root);
    if (known) return known;
    const { scale, zero } = scaleOf(this.#ranges.range(root));
    const names = [
      this.#constant(`${root}_scale`, [], new Float32Array([scale])),
      this.#constant(`${root}_zero`, [], new Uint8Array([zero])),
    ] as const;
    const made = { scale, zero, names };
    this.#scales.set(root, made);
    return made;
  }

  #weights(node: Unit['node'], input: string): boolean {
    const [, name = '', biasName] = node.input;
    const means = hasBias(node) ? this.#ranges.means(input) : undefined;
    const made = storedWeightsOf(node, this.#index, means, this.#scale(input));
    if (!made) return false;
    const { dims, bytes, scales, bias } = made;
    const axis = [intAttribute('axis', outputAxis(node))];
    const stored = this.#constant(`${name}_bytes`, dims, bytes);
    const scale = this.#constant(`${name}_scale`, [scales.length], scales);
    const zero = this.#constant(`${name}_zero`, [scales.length], new Int8Array(scales.length));
    const real = this.#free(`${name}_read`);
    this.#nodes.push(makeNode('DequantizeLinear', [stored, scale, zero], real, axis, this.#domain));
    node.input[1] = real;
    const base = biasName || `${node.output[0]}_bias`;
    if (!hasBias(node)) return true;
    const own = this.#constant(`${base}_bytes`, [bias.length], bias);
    const product = scales.map((one) => one * this.#scale(input).scale);
    const inputs = [
      own,
      this.#constant(`${base}_scale`, [bias.length], product),
      this.#constant(`${base}_zero`, [bias.length], new Int32Array(bias.length)),
    ];
    const biasRead = this.#free(`${base}_read`);
    this.#nodes.push(makeNode('DequantizeLinear', inputs, biasRead, [intAttribute('axis', 0)], this.#domain));
    node.input[2] = biasRead;
    return true;
  }

  #constant(base: string, dims: readonly number[], data: Parameters<typeof makeTensor>[2]): string {
    const tensor = makeTensor(this.#free(base), dims, data);
    this.#added.push(tensor);
    return tensor.name;
  }
}
