import { type GraphProto, type NodeProto, TensorProto_DataType } from '#onnx';
import { GraphIndex, numberOf, numbersOf, textOf } from './nodes.ts';

/** How an operator is written with stored numbers. */
type Kind =
  /** It has weights: a convolution or a matrix product. */
  | 'weighted'
  /** It computes with what its inputs stand for. */
  | 'computed'
  /** It only moves numbers: what goes in and what comes out have the same scale. */
  | 'moved'
  /** A ReLU or a clip that nothing takes in: its input is stored again, with the range that is left. */
  | 'cut';

export interface Unit {
  readonly kind: Kind;
  readonly node: NodeProto;
  /** Values that it reads as stored numbers; weights and bias are not among them. */
  readonly inputs: readonly string[];
  /** What it gives once the clips behind it are taken in. */
  readonly output: string;
  /** Whether its result is stored. A product that only float operators read is not. */
  readonly stored: boolean;
}

export interface Plan {
  readonly units: readonly Unit[];
  /** Nodes that are gone: clips that a range does the work of. */
  readonly absorbed: ReadonlySet<NodeProto>;
  /** What bytes of pictures stand for, as the graph itself says. */
  readonly given: ReadonlySet<string>;
  /** The value whose range each stored value has. */
  readonly roots: ReadonlyMap<string, string>;
}

const COMPUTED = ['Add', 'Mul', 'Concat', 'AveragePool', 'GlobalAveragePool', 'Sigmoid', 'LeakyRelu'];
const MOVED = ['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Resize'];
/** [batch, channels, height, width]: along one axis or three, plain code has nothing to hold the integers against. */
const PICTURE_RANK = 4;
/** Below it, it says nothing of how places are found. */
const RESIZE_OPSET = 11;
/** Ways of finding the place in the old picture that any place of the new one comes from. */
const EVEN = ['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'];
/** Below it, onnxruntime's largest of stored numbers does not exist. */
const MAX_POOL_OPSET = 12;

/**
 * Chooses what is computed with stored numbers, in the order of the graph. A result is stored where something that has weights
 * reads it in the end: what only leads to the answer stays in float.
 * @param left nodes, by the name of what they give, that stay in float
 */
export function planUnits(graph: GraphProto, opset: number, left: ReadonlySet<string>): Plan {
  return new Planner(graph, opset, left).plan();
}

class Planner {
  readonly #index: GraphIndex;
  readonly #graph: GraphProto;
  readonly #opset: number;
  readonly #left: ReadonlySet<string>;
  readonly #wanted = new Map<string, boolean>();
  readonly #units: Unit[] = [];
  readonly #absorbed = new Set<NodeProto>();
  readonly #roots = new Map<string, string>();

  constructor(graph: GraphProto, opset: number, left: ReadonlySet<string>) {
    this.#graph = graph;
    this.#index = new GraphIndex(graph);
    this.#opset = opset;
    this.#left = left;
  }

  plan(): Plan {
    const given = new Set<string>();
    for (const node of this.#graph.node) {
      if (this.#isGiven(node)) {
        given.add(node.output[0] as string);
        this.#roots.set(node.output[0] as string, node.output[0] as string);
      }
      if (this.#absorbed.has(node) || this.#left.has(node.output[0] ?? '')) continue;
      const kind = this.#kindOf(node);
      if (kind) this.#add(node, kind);
    }
    return { units: this.#units, absorbed: this.#absorbed, given, roots: this.#roots };
  }

  /** Unsigned bytes with one scale for all of them, as all that is written here has. */
  #isGiven({ opType, domain, input: [bytes, scale, zero] }: NodeProto): boolean {
    const index = this.#index;
    if (opType !== 'DequantizeLinear' || domain !== '' || index.constant(bytes)) return false;
    const point = index.constant(zero);
    return (
      index.floats(scale)?.length === 1 && point?.dataType === TensorProto_DataType.UINT8 && point.rawData.length === 1
    );
  }

  #add(node: NodeProto, kind: Kind): void {
    const inputs = this.#dataOf(node, kind);
    if (kind !== 'weighted' && !inputs.every((name) => this.#roots.has(name))) return;
    const [own = ''] = node.output;
    const convolution = node.opType === 'Conv';
    if (kind !== 'weighted' && !this.#isWanted(own)) return;
    const stored = convolution || this.#isWanted(own);
    const output = stored && kind !== 'cut' ? this.#absorb(own) : own;
    // A range that a clip behind the move has narrowed is the range of what came before, too.
    const root = kind === 'moved' ? (this.#roots.get(inputs[0] as string) as string) : output;
    if (kind === 'moved' && output !== own) this.#rename(root, output);
    else if (stored) this.#roots.set(output, root);
    for (const name of inputs) if (!this.#roots.has(name)) this.#roots.set(name, name);
    this.#units.push({ kind, node, inputs, output, stored });
  }

  /** All that shared the range of `from` now has that of `to`. */
  #rename(from: string, to: string): void {
    for (const [name, root] of this.#roots) if (root === from) this.#roots.set(name, to);
    this.#roots.set(to, to);
  }

  /** Follows the clips that alone read a value. @returns what the last of them gives */
  #absorb(value: string): string {
    const reader = this.#index.onlyReader(value);
    if (!reader || !limitsOf(reader, this.#index) || this.#left.has(reader.output[0] ?? '')) return value;
    if (!this.#alone(value)) return value;
    this.#absorbed.add(reader);
    return this.#absorb(reader.output[0] as string);
  }

  /** Whether no other reader sees the values in front of a chain of moves, which the clip would change for it. */
  #alone(value: string): boolean {
    const producer = this.#index.producer(value);
    if (!producer || !MOVED.includes(producer.opType)) return true;
    const [from = ''] = producer.input;
    return this.#index.onlyReader(from) === producer && this.#index.producer(from) !== undefined && this.#alone(from);
  }

  #kindOf(node: NodeProto): Kind | undefined {
    if (node.domain !== '') return undefined;
    if (this.#isWeighted(node)) return 'weighted';
    if (COMPUTED.includes(node.opType)) return isPlanar(node) ? 'computed' : undefined;
    if (this.#isMove(node)) return 'moved';
    return limitsOf(node, this.#index) ? 'cut' : undefined;
  }

  #isWeighted({ opType, input, attribute }: NodeProto): boolean {
    const index = this.#index;
    const dims = index.floats(input[1]) && index.constant(input[1])?.dims;
    if (!dims || (input[2] && !index.floats(input[2]))) return false;
    if (opType === 'Conv') return dims.length === PICTURE_RANK;
    if (opType === 'MatMul') return dims.length === 2;
    const plain = ['alpha', 'beta'].every((name) => numberOf({ attribute } as NodeProto, name, 1) === 1);
    const bias = input[2] ? index.constant(input[2])?.dims.filter((size) => size !== 1n) : undefined;
    const fits = bias === undefined || bias.length === 1;
    return opType === 'Gemm' && plain && fits && numberOf({ attribute } as NodeProto, 'transA', 0) === 0;
  }

  #isMove(node: NodeProto): boolean {
    if (!MOVED.includes(node.opType)) return false;
    if (node.output.filter((name) => name !== '').length > 1) return false;
    if (node.opType === 'MaxPool') return this.#opset >= MAX_POOL_OPSET && isPlanar(node);
    return node.opType !== 'Resize' || this.#isEnlarged(node);
  }

  /** By whole numbers, or to sizes: of other scales, two programs round a place to different cells. */
  #isEnlarged(node: NodeProto): boolean {
    if (this.#opset < RESIZE_OPSET) return false;
    // What a mean of stored numbers is rounded to depends on the machine.
    if ((textOf(node, 'mode') ?? 'nearest') !== 'nearest') return false;
    if (!EVEN.includes(textOf(node, 'coordinate_transformation_mode') ?? 'half_pixel')) return false;
    const policy = textOf(node, 'keep_aspect_ratio_policy') ?? 'stretch';
    const [, , scales, sizes] = node.input;
    return policy === 'stretch' && (Boolean(sizes) || this.#index.floats(scales)?.every(Number.isInteger) === true);
  }

  #dataOf({ input }: NodeProto, kind: Kind): string[] {
    if (kind === 'computed') return [...input];
    return [input[0] as string];
  }

  /** Whether something with weights reads the value, at once or behind operators that can hand on stored numbers. */
  #isWanted(value: string): boolean {
    const known = this.#wanted.get(value);
    if (known !== undefined) return known;
    this.#wanted.set(value, false);
    const wanted = this.#index.readers(value).some((node) => {
      const kind = this.#left.has(node.output[0] ?? '') ? undefined : this.#kindOf(node);
      if (kind === 'weighted') return node.input[0] === value;
      return kind !== undefined && this.#isWanted(node.output[0] as string);
    });
    this.#wanted.set(value, wanted);
    return wanted;
  }
}

/** Whether a pool's windows lie in a picture, without the gaps that onnxruntime's mean of stored numbers has no word for. */
function isPlanar(node: NodeProto): boolean {
  const kernel = numbersOf(node, 'kernel_shape');
  const gaps = node.opType === 'AveragePool' && node.attribute.some(({ name }) => name === 'dilations');
  return !gaps && (kernel === undefined || kernel.length === PICTURE_RANK - 2);
}

/** Between which numbers a node cuts what it is given; undefined where it does something else or zero is not between them. */
function limitsOf(node: NodeProto, index: GraphIndex): readonly [number, number] | undefined {
  if (node.domain !== '') return undefined;
  if (node.opType === 'Relu') return [0, Number.POSITIVE_INFINITY];
  if (node.opType !== 'Clip') return undefined;
  const [, low, high] = node.input;
  const bound = (name: string | undefined, attribute: string, otherwise: number) =>
    name ? index.floats(name)?.[0] : numberOf(node, attribute, otherwise);
  const least = bound(low, 'min', Number.NEGATIVE_INFINITY);
  const most = bound(high, 'max', Number.POSITIVE_INFINITY);
  if (least === undefined || most === undefined || least > 0 || most < 0) return undefined;
  return [least, most];
}
