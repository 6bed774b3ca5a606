import { create } from '@bufbuild/protobuf';
import { expected, FreezeframeError } from '@freezeframe/inference';
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  unusedName,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '#onnx';
import { didYouMean } from '#system';
import { isGlobalPool, type Surroundings } from './global-pool.ts';

/** Names of a backbone's outputs in its graph. */
export const BACKBONE_OUTPUTS = { features: 'features', map: 'map' } as const;

/** Operators between a classifier's last weights and its answer, and between its pool and its features. */
const PASSES = [
  ...['Identity', 'Softmax', 'LogSoftmax', 'Sigmoid', 'Cast', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'],
  ...['Transpose', 'Add', 'Sub', 'Mul', 'Div', 'Clip', 'QuantizeLinear', 'DequantizeLinear', 'Dropout'],
];
/** What may stand behind the pool of a network that was trained on its own head: a hidden layer or two. */
const HEAD = ['Gemm', 'MatMul', 'Relu', 'Elu', 'LeakyRelu', 'HardSwish', 'Tanh', 'Gelu', 'BatchNormalization'];

/**
 * Cuts a classifier where its pictures have become features: behind its global average pooling, or in front of its last weights
 * where there is none. In place: what only led to the answer is gone. The graph then answers `features` [batch, ...] and, where
 * there is a pool, `map`, what was pooled.
 * @param layer a node's or a value's name, to cut behind it instead
 * @throws FreezeframeError `backbone-not-usable` where there is no such layer, or none is found
 */
export function cutBackbone(model: ModelProto, layer?: string): { readonly map: boolean } {
  const graph = model.graph as GraphProto;
  const walk = new Walk(graph);
  const features = layer === undefined ? walk.features() : walk.named(layer);
  const map = walk.pooled(features);
  identity(graph, features, BACKBONE_OUTPUTS.features);
  if (map !== undefined) identity(graph, map, BACKBONE_OUTPUTS.map);
  const outputs = map === undefined ? [BACKBONE_OUTPUTS.features] : Object.values(BACKBONE_OUTPUTS);
  graph.output = outputs.map(floats);
  prune(graph, outputs);
  return { map: map !== undefined };
}

/** The way from the answer back to where it comes from. */
class Walk {
  readonly #graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #around: Surroundings;
  readonly #constants: Set<string>;

  constructor(graph: GraphProto) {
    this.#graph = graph;
    this.#constants = new Set(graph.initializer.map(({ name }) => name));
    this.#around = { graph, producers: this.#producers, data: (node) => this.#data(node) };
    for (const node of graph.node) {
      for (const name of node.output) this.#producers.set(name, node);
      if (node.input.every((name) => name === '' || this.#constants.has(name)))
        for (const name of node.output) this.#constants.add(name);
    }
  }

  /** The value behind the global pool, or else what the last weights are given. */
  features(): string {
    let value = this.#graph.output[0]?.name ?? '';
    let last: string | undefined;
    for (;;) {
      const node = this.#producers.get(value);
      const data = node && this.#data(node);
      if (!node || data === undefined) break;
      if (isGlobalPool(node, this.#around)) return value;
      const weights = HEAD.slice(0, 2).includes(node.opType) || this.#isPointwise(node);
      if (weights) last ??= data;
      if (!weights && !PASSES.includes(node.opType) && !HEAD.includes(node.opType)) break;
      value = data;
    }
    if (last !== undefined) return last;
    throw unusable('no layer of it gives features that weights turn into its answer');
  }

  named(layer: string): string {
    const node = this.#graph.node.find(({ name }) => name === layer);
    const value = this.#producers.has(layer) ? layer : node?.output[0];
    if (value !== undefined) return value;
    const all = this.#graph.node.map(({ name, output }) => name || (output[0] ?? ''));
    const message = expected(`a layer, such as ${all.slice(-8).join(', ')}`, '--backbone NAME:LAYER', layer);
    throw unusable(message, didYouMean(layer, all).remedy);
  }

  /** What is pooled over all its places to give the value; undefined where something else gives it. */
  pooled(features: string): string | undefined {
    let value = features;
    for (;;) {
      const node = this.#producers.get(value);
      const data = node && this.#data(node);
      if (!node || data === undefined) return undefined;
      if (isGlobalPool(node, this.#around)) return data;
      if (!['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Dropout'].includes(node.opType)) return undefined;
      value = data;
    }
  }

  /** The only input that is no constant. */
  #data({ input }: NodeProto): string | undefined {
    const varying = input.filter((name) => name !== '' && !this.#constants.has(name));
    return varying.length === 1 ? varying[0] : undefined;
  }

  #isPointwise({ opType, input, attribute }: NodeProto): boolean {
    const dims = this.#graph.initializer.find(({ name }) => name === input[1])?.dims.map(Number);
    const kernel = dims?.slice(2) ?? attribute.find(({ name }) => name === 'kernel_shape')?.ints.map(Number);
    return opType === 'Conv' && kernel !== undefined && kernel.every((size) => size === 1);
  }
}

function identity(graph: GraphProto, from: string, name: string): void {
  const taken = unusedName(graph, name);
  if (taken !== name) rename(graph, name, taken);
  const source = from === name ? taken : from;
  graph.node.push(create(NodeProtoSchema, { name, opType: 'Identity', input: [source], output: [name] }));
}

function rename(graph: GraphProto, from: string, to: string): void {
  for (const node of graph.node) {
    node.input = node.input.map((name) => (name === from ? to : name));
    node.output = node.output.map((name) => (name === from ? to : name));
  }
}

/** Of sizes that onnxruntime finds. */
function floats(name: string): ValueInfoProto {
  const type = { value: { case: 'tensorType' as const, value: { elemType: TensorProto_DataType.FLOAT } } };
  return create(ValueInfoProtoSchema, { name, type });
}

function prune(graph: GraphProto, outputs: readonly string[]): void {
  const needed = new Set(outputs);
  const kept: NodeProto[] = [];
  for (const node of [...graph.node].reverse()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    for (const name of [...node.input, ...freeNames(node)]) needed.add(name);
    kept.push(node);
  }
  graph.node = kept.reverse();
  graph.initializer = graph.initializer.filter(({ name }) => needed.has(name));
  graph.valueInfo = graph.valueInfo.filter(({ name }) => needed.has(name));
}

/** Values of the graph around it that a branch or a loop's body reads. */
function freeNames(node: NodeProto): string[] {
  return node.attribute.flatMap(({ g }) => g?.node.flatMap((inner) => [...inner.input, ...freeNames(inner)]) ?? []);
}

function unusable(reason: string, remedy?: string): FreezeframeError {
  return new FreezeframeError('backbone-not-usable', `The model is no backbone: ${reason}`, {
    remedy:
      remedy ??
      'Name a layer that gives features of pictures: --backbone NAME:LAYER. freezeframe models list shows the names.',
  });
}
