import type { GraphProto, NodeProto, TensorProto } from '#onnx';

/** Operators whose result has the axes of what they are given. */
const SAME_AXES = [
  ...['Identity', 'Cast', 'Dropout', 'QuantizeLinear', 'DequantizeLinear', 'BatchNormalization', 'Pad', 'Add', 'Sub'],
  ...['Mul', 'Div', 'Relu', 'Clip', 'Elu', 'LeakyRelu', 'PRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Gelu'],
  ...['Softplus', 'Mish', 'Concat', 'AveragePool', 'MaxPool', 'InstanceNormalization', 'LayerNormalization'],
];

/** How many axes a value has, and which of them holds the channels. */
interface Axes {
  readonly rank: number;
  readonly channels?: number;
}

/** What is known of a graph where one of its nodes is judged. */
export interface Surroundings {
  readonly graph: GraphProto;
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** The input that is no constant; undefined where there are several, or none. */
  data(node: NodeProto): string | undefined;
}

/** Whether a node is an average over all places of a picture; a smaller window, or one over channels, is a layer like others. */
export function isGlobalPool(node: NodeProto, around: Surroundings): boolean {
  const ints = (name: string) => node.attribute.find((one) => one.name === name)?.ints.map(Number);
  if (node.opType === 'GlobalAveragePool') return true;
  if (node.opType === 'AveragePool') {
    const [kernel, strides] = [ints('kernel_shape') ?? [], ints('strides') ?? [1]];
    // A window as large as what it is given has one place: whatever is smaller moves on by less.
    return kernel.every((size) => size >= 4) && strides.every((step, i) => step === 1 || step === kernel[i]);
  }
  if (node.opType !== 'ReduceMean') return false;
  // Axes are an attribute before operator set 18, and an input since then. Without any, pictures are averaged too.
  const axes = ints('axes') ?? integersOf(around, node.input[1]);
  const { rank, channels } = axesOf(around, node.input[0] ?? '') ?? {};
  if (axes === undefined || rank === undefined || rank < 3) return false;
  const pooled = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const left = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !pooled.has(axis));
  if (left.length !== 2 || left[0] !== 0) return false;
  return channels === undefined ? [1, rank - 1].includes(left[1] as number) : left[1] === channels;
}

/** Found on the way back to what fixes them: a convolution, a shape that is written down. */
function axesOf(around: Surroundings, value: string): Axes | undefined {
  const { graph, producers } = around;
  const turns: number[][] = [];
  let name = value;
  let found: Axes | undefined;
  while (found === undefined) {
    const node = producers.get(name);
    found = node ? fixedBy(around, node) : declared(graph, name);
    if (found || !node) break;
    const turn = node.attribute.find((one) => one.name === 'perm')?.ints.map(Number);
    if (node.opType === 'Transpose' && turn) turns.push(turn);
    else if (!SAME_AXES.includes(node.opType)) break;
    // The first of several: what is added to a picture has its axes, or fewer.
    const next = around.data(node) ?? node.input.find((input) => producers.has(input));
    if (next === undefined) break;
    name = next;
  }
  found ??= declared(graph, value);
  for (const turn of found ? turns.reverse() : []) {
    if (turn.length !== found?.rank) return undefined;
    const channels = found.channels;
    found = { rank: turn.length, ...(channels === undefined ? {} : { channels: turn.indexOf(channels) }) };
  }
  return found;
}

function fixedBy(around: Surroundings, { opType, input }: NodeProto): Axes | undefined {
  if (opType === 'Conv') {
    const kernel = around.graph.initializer.find(({ name }) => name === input[1]);
    return { rank: kernel?.dims.length ?? 4, channels: 1 };
  }
  if (opType !== 'Reshape') return undefined;
  const rank = integersOf(around, input[1])?.length;
  return rank === undefined ? undefined : { rank };
}

function declared({ valueInfo, input }: GraphProto, name: string): Axes | undefined {
  const type = [...valueInfo, ...input].find((one) => one.name === name)?.type?.value;
  const rank = type?.case === 'tensorType' ? type.value.shape?.dim.length : undefined;
  return rank === undefined ? undefined : { rank };
}

/** A constant of the graph, as an initializer or a node. */
function integersOf({ graph, producers }: Surroundings, name: string | undefined): number[] | undefined {
  if (!name) return undefined;
  const attribute = producers.get(name)?.attribute.find((one) => one.name === 'value');
  const tensor: TensorProto | undefined = graph.initializer.find((one) => one.name === name) ?? attribute?.t;
  if (!tensor) return undefined;
  if (tensor.int64Data.length > 0) return tensor.int64Data.map(Number);
  if (tensor.int32Data.length > 0) return [...tensor.int32Data];
  const size = tensor.rawData.length / tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  const view = new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength);
  if (size === 8) return Array.from({ length: view.byteLength / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
  return size === 4 ? Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(i * 4, true)) : undefined;
}
