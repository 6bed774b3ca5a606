import { type AttributeProto, type GraphProto, type NodeProto, TensorProto_DataType } from '#onnx';
import { GraphIndex, makeNode, makeTensor, nameMaker } from './nodes.ts';

/** The first with `DequantizeLinear`. */
const LEAST_OPSET = 10;

/** What makes numbers of bytes. */
const FROM_BYTES = ['Cast', 'DequantizeLinear'];

/** What a picture's bytes go through: byte * scale + offset, and perhaps another order of axes. */
interface Chain {
  scale: number;
  offset: number;
  transpose: AttributeProto[] | undefined;
  /** The nodes between the picture and the convolution. */
  readonly nodes: NodeProto[];
}

/**
 * Lets the first convolution read a picture's bytes as they are, with the scale of the preprocessing: nothing is rounded in front of
 * it. The rest of the offset goes into its bias, which at a padded border is off by half a byte at most. In place.
 */
export function readPictureBytes(graph: GraphProto, opset: number): void {
  if (opset < LEAST_OPSET) return;
  for (const { name, type } of graph.input) {
    const bytes = type?.value.case === 'tensorType' && type.value.value.elemType === TensorProto_DataType.UINT8;
    if (bytes) readInput(graph, name);
  }
}

function readInput(graph: GraphProto, picture: string): void {
  const index = new GraphIndex(graph);
  const chain: Chain = { scale: 1, offset: 0, transpose: undefined, nodes: [] };
  let value = picture;
  let node = index.onlyReader(value);
  while (node && follow(chain, node, value, index)) {
    value = node.output[0] as string;
    node = index.onlyReader(value);
  }
  const weights = node?.opType === 'Conv' && node.input[0] === value ? index.floats(node.input[1]) : undefined;
  const own = node?.input[2] ? index.floats(node.input[2]) : undefined;
  if (!node || !weights || (node.input[2] && !own) || !FROM_BYTES.includes(chain.nodes[0]?.opType ?? '')) return;
  const zero = Math.round(-chain.offset / chain.scale);
  if (!(chain.scale > 0) || !(zero >= 0 && zero <= 255)) return;
  const rest = chain.offset + chain.scale * zero;
  const outputs = Number(index.constant(node.input[1])?.dims[0]);
  const each = weights.length / outputs;
  const bias = Float32Array.from({ length: outputs }, (_, output) => {
    const sum = weights.subarray(output * each, (output + 1) * each).reduce((total, one) => total + one, 0);
    return (own?.[output] ?? 0) + rest * sum;
  });
  const free = nameMaker(graph);
  const tensors = [
    makeTensor(free(`${picture}_scale`), [], new Float32Array([chain.scale])),
    makeTensor(free(`${picture}_zero`), [], new Uint8Array([zero])),
    makeTensor(free(`${node.output[0]}_bias`), [outputs], bias),
  ] as const;
  graph.initializer.push(...tensors);
  const turned = chain.transpose ? free(`${picture}_turned`) : picture;
  const added = chain.transpose ? [makeNode('Transpose', [picture], turned, chain.transpose)] : [];
  added.push(makeNode('DequantizeLinear', [turned, tensors[0].name, tensors[1].name], value));
  node.input[2] = tensors[2].name;
  graph.node = [...added, ...graph.node.filter((one) => !chain.nodes.includes(one))];
}

/** @returns false for what is no part of the way from bytes to numbers */
function follow(chain: Chain, node: NodeProto, value: string, index: GraphIndex): boolean {
  const { opType, input } = node;
  if (node.domain !== '') return false;
  if (opType === 'Cast') {
    const to = Number(node.attribute.find(({ name }) => name === 'to')?.i);
    if (chain.nodes.length > 0 || to !== TensorProto_DataType.FLOAT) return false;
  } else if (opType === 'QuantizeLinear' || opType === 'DequantizeLinear') {
    return followStored(chain, node, index);
  } else if (opType === 'Transpose') {
    if (chain.transpose) return false;
    chain.transpose = node.attribute;
  } else {
    const other = input.find((name) => name !== value);
    const numbers = index.floats(other);
    const [number] = numbers ?? [];
    if (number === undefined || !numbers?.every((one) => one === number)) return false;
    // Of a number minus x, or one divided by x.
    if ((opType === 'Sub' || opType === 'Div') && input[0] !== value) return false;
    if (!apply(chain, opType, number)) return false;
  }
  chain.nodes.push(node);
  return true;
}

/** A byte's scale; and a step to bytes and back again with that scale, which onnxruntime puts around what moves numbers. */
function followStored(chain: Chain, node: NodeProto, index: GraphIndex): boolean {
  const [scale] = index.floats(node.input[1]) ?? [];
  const zero = index.constant(node.input[2]);
  if (scale === undefined || zero?.dataType !== TensorProto_DataType.UINT8 || zero.rawData.length !== 1) return false;
  const offset = -(zero.rawData[0] as number) * scale;
  const last = chain.nodes.at(-1);
  const isFirst = last === undefined && node.opType === 'DequantizeLinear';
  const again = node.opType === 'QuantizeLinear' || last?.opType === 'QuantizeLinear';
  if (!isFirst && !(again && chain.scale === scale && chain.offset === offset)) return false;
  [chain.scale, chain.offset] = [scale, offset];
  chain.nodes.push(node);
  return true;
}

function apply(chain: Chain, opType: string, number: number): boolean {
  if (opType === 'Add') chain.offset += number;
  else if (opType === 'Sub') chain.offset -= number;
  else if (opType === 'Mul' || opType === 'Div') {
    const factor = opType === 'Mul' ? number : 1 / number;
    chain.scale *= factor;
    chain.offset *= factor;
  } else return false;
  return true;
}
