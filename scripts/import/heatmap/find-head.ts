import type { GraphProto, NodeProto } from '#onnx';

/** The end of a classifier whose logits are sums over the places of a map. */
export interface LinearHead {
  /** What is pooled over all its places: [batch, channels, rows, columns], or the channels last. */
  readonly map: string;
  readonly order: 'channels-first' | 'channels-last';
  /** Of an average pool whose window must be the whole map: its sides. */
  readonly window?: readonly [number, number];
  /** From the pool to the logits; none where what is pooled are the logits themselves. */
  readonly weights: readonly HeadWeights[];
  /** What goes into the last step, softmax or sigmoid. */
  readonly logits: string;
}

/** A constant matrix that features are multiplied with. */
export interface HeadWeights {
  readonly name: string;
  readonly form: 'inputs-first' | 'outputs-first' | 'convolution';
  readonly factor: number;
}

/** Why a graph has none, for people. */
export interface NoHead {
  readonly reason: string;
}

/** What changes no logit's place among the others, and no sum. */
const PASSES = ['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Cast'];
/** Between logits and an answer: each keeps their order. */
const ANSWERS = [...PASSES, 'Softmax', 'LogSoftmax', 'Sigmoid'];
const ROUNDS = ['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'Round'];

/** Finds the end of a graph by its operators, whatever framework they come from. */
export function findHead(graph: GraphProto, answer: string): LinearHead | NoHead {
  const walk = new Walk(graph);
  const weights: HeadWeights[] = [];
  const logits = walk.before(answer, ANSWERS);
  for (let value = logits; ; ) {
    const node = walk.maker(walk.before(value, PASSES));
    const data = node && walk.data(node);
    if (!node || data === undefined) return { reason: node ? reasonOf(node) : 'it ends in no global average pooling' };
    const pool = walk.pool(node);
    if (pool) return { map: data, logits, weights, ...pool };
    const found = walk.weights(node, data);
    if (found) weights.unshift(found);
    else if (!walk.addsConstant(node, data)) return { reason: reasonOf(node) };
    value = data;
  }
}

function reasonOf({ opType }: NodeProto): string {
  if (ROUNDS.includes(opType)) return 'its numbers are rounded behind its last map, so that no sum of parts is exact';
  return `it does not end in global average pooling and a linear head: ${opType} comes before its answer`;
}

class Walk {
  readonly #makers = new Map<string, NodeProto>();
  readonly #constants: Set<string>;
  readonly #graph: GraphProto;

  constructor(graph: GraphProto) {
    this.#graph = graph;
    this.#constants = new Set(graph.initializer.map(({ name }) => name));
    for (const node of graph.node) {
      for (const name of node.output) this.#makers.set(name, node);
      if (node.domain === '' && node.input.every((name) => name === '' || this.#constants.has(name)))
        for (const name of node.output) this.#constants.add(name);
    }
  }

  maker(value: string): NodeProto | undefined {
    const node = this.#makers.get(value);
    return node?.domain === '' || node?.domain === 'ai.onnx' ? node : undefined;
  }

  /** The value in front of any of these operators. */
  before(value: string, types: readonly string[]): string {
    for (let name = value; ; ) {
      const node = this.maker(name);
      if (!node || !types.includes(node.opType)) return name;
      // The others say how it is done, and may be computed from a size.
      name = node.input[0] ?? '';
    }
  }

  /** The only input that is no constant. */
  data({ input }: NodeProto): string | undefined {
    const varying = input.filter((name) => name !== '' && !this.#constants.has(name));
    return varying.length === 1 ? varying[0] : undefined;
  }

  /** A mean over all places, of pictures whose axes of channels it tells. */
  pool(node: NodeProto): Pick<LinearHead, 'order' | 'window'> | undefined {
    const { opType } = node;
    if (opType === 'GlobalAveragePool') return { order: 'channels-first' };
    if (opType === 'AveragePool') {
      const [height, width, ...more] = ints(node, 'kernel_shape') ?? [];
      const padded = ints(node, 'pads')?.some((pad) => pad !== 0);
      if (height === undefined || width === undefined || more.length > 0 || padded) return undefined;
      return { order: 'channels-first', window: [height, width] };
    }
    if (opType !== 'ReduceMean') return undefined;
    const axes = (ints(node, 'axes') ?? this.#numbers(node.input[1]) ?? []).map((axis) => (axis + 4) % 4).sort();
    if (String(axes) === '2,3') return { order: 'channels-first' };
    return String(axes) === '1,2' ? { order: 'channels-last' } : undefined;
  }

  weights(node: NodeProto, data: string): HeadWeights | undefined {
    const { opType, input } = node;
    const [first, name = ''] = input;
    if (first !== data) return undefined;
    if (opType === 'MatMul') return { name, form: 'inputs-first', factor: 1 };
    if (opType === 'Gemm' && !ints(node, 'transA')?.[0]) {
      const form = ints(node, 'transB')?.[0] ? 'outputs-first' : 'inputs-first';
      return { name, form, factor: node.attribute.find((one) => one.name === 'alpha')?.f ?? 1 };
    }
    const dims = this.#graph.initializer
      .find((one) => one.name === name)
      ?.dims.slice(2)
      .map(Number);
    const sides = ints(node, 'kernel_shape') ?? dims;
    const pointwise = opType === 'Conv' && (ints(node, 'group')?.[0] ?? 1) === 1 && sides?.every((side) => side === 1);
    return pointwise ? { name, form: 'convolution', factor: 1 } : undefined;
  }

  /** A bias. */
  addsConstant({ opType, input }: NodeProto, data: string): boolean {
    return opType === 'Add' || (opType === 'Sub' && input[0] === data);
  }

  /** The whole numbers of a constant that is stored as such. */
  #numbers(name = ''): number[] | undefined {
    const maker = this.#makers.get(name);
    const held = maker?.opType === 'Constant' ? maker.attribute.find((one) => one.name === 'value')?.t : undefined;
    const tensor = held ?? this.#graph.initializer.find((one) => one.name === name);
    if (!tensor) return maker && ints(maker, 'value_ints');
    const { rawData, int64Data } = tensor;
    if (int64Data.length > 0) return int64Data.map(Number);
    return Array.from(new BigInt64Array(Uint8Array.from(rawData).buffer), Number);
  }
}

/** An attribute's whole numbers, of one that holds a single number too. */
function ints({ attribute }: NodeProto, name: string): number[] | undefined {
  const found = attribute.find((one) => one.name === name);
  if (!found) return undefined;
  return found.ints.length > 0 ? found.ints.map(Number) : [Number(found.i)];
}
