import type { GraphProto, NodeProto } from '#onnx';
import { GraphIndex, intAttribute, makeNode, makeTensor, nameMaker, numberOf, numbersOf } from './nodes.ts';

/**
 * Writes what has an integer form in that form: means over all places as pools, and numbers for each channel (batch normalisation
 * that no convolution stands in front of) as a depthwise convolution of one place. In place.
 * @param shapes sizes of all values
 */
export function normalize(graph: GraphProto, shapes: ReadonlyMap<string, readonly number[]>): void {
  const index = new GraphIndex(graph);
  const free = nameMaker(graph);
  graph.node = graph.node.flatMap((node) => {
    if (node.opType === 'AveragePool') withoutGaps(node);
    const [output = ''] = node.output;
    const rank = shapes.get(node.input[0] ?? '')?.length;
    if (node.opType === 'ReduceMean' && rank === 4 && node.domain === '') {
      const axes = meanAxes(node, index);
      if (axes?.join() !== '2,3') return [node];
      if (numberOf(node, 'keepdims', 1) === 1)
        return [makeNode('GlobalAveragePool', [node.input[0] as string], output)];
      const pooled = free(`${output}_pooled`);
      return [
        makeNode('GlobalAveragePool', [node.input[0] as string], pooled),
        makeNode('Flatten', [pooled], output, [intAttribute('axis', 1)]),
      ];
    }
    const scaled = perChannel(node, index, shapes);
    if (!scaled) return [node];
    const channels = scaled.scale.length;
    const weight = makeTensor(free(`${output}_scale`), [channels, 1, 1, 1], scaled.scale);
    const bias = makeTensor(free(`${output}_offset`), [channels], scaled.offset);
    graph.initializer.push(weight, bias);
    const inputs = [scaled.input, weight.name, bias.name];
    return [makeNode('Conv', inputs, output, [intAttribute('group', channels)])];
  });
}

/** Gaps of one place are none: onnxruntime's mean of stored numbers has no word for them. */
function withoutGaps(node: NodeProto): void {
  if (numbersOf(node, 'dilations')?.every((gap) => gap === 1))
    node.attribute = node.attribute.filter(({ name }) => name !== 'dilations');
}

/** Axes counted from the front; since operator set 18 they are an input. */
function meanAxes(node: NodeProto, index: GraphIndex): number[] | undefined {
  const constant = index.constant(node.input[1]);
  const axes =
    numbersOf(node, 'axes') ??
    (constant && Array.from(new BigInt64Array(Uint8Array.from(constant.rawData).buffer), Number));
  return axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b);
}

interface PerChannel {
  readonly input: string;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** x * scale + offset of each channel of a picture, where the node is that and nothing else. */
function perChannel(
  node: NodeProto,
  index: GraphIndex,
  shapes: ReadonlyMap<string, readonly number[]>,
): PerChannel | undefined {
  if (node.domain !== '' || node.opType !== 'BatchNormalization' || node.output.length !== 1) return undefined;
  const [input = '', ...parameters] = node.input;
  const [gamma, beta, mean, variance] = parameters.map((name) => index.floats(name));
  if (!gamma || !beta || !mean || !variance || shapes.get(input)?.length !== 4) return undefined;
  const epsilon = numberOf(node, 'epsilon', 1e-5);
  const scale = gamma.map((value, i) => value / Math.sqrt((variance[i] as number) + epsilon));
  return { input, scale, offset: beta.map((value, i) => value - (mean[i] as number) * (scale[i] as number)) };
}
