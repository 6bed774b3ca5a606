import { DATATYPE_NUMBERS, type Value } from '#onnx';
import type { LiteEmission } from '../emission.ts';
import { inSteps, type ProductScales } from '../fixed-point.ts';

/** Products of uint8, counted in integers as TensorFlow Lite does it. */
export interface Counted {
  readonly scales: ProductScales;
  /** The input in the graph, as it is stored. */
  readonly data: Value;
}

/** Numbers above this are rounded in float32. */
const MAX_EXACT = 2 ** 24;
const LARGEST_PRODUCT = 255 * 255;

/**
 * A convolution of stored numbers, as uint8. Those of single channels are counted in float32 where that holds every count:
 * onnxruntime's ConvInteger goes through the channels one by one.
 */
export function countedConvolution(
  e: LiteEmission,
  { scales }: Counted,
  image: string,
  options: {
    readonly perm: readonly number[];
    readonly depthwise: boolean;
    readonly attributes: Record<string, number | readonly number[] | string>;
  },
): string {
  const { graph } = e;
  const { depthwise, attributes } = options;
  const weight = e.storedWeight(1, options.perm);
  const bias = e.storedBias(2);
  const largest = Math.max(0, ...Array.from(bias ?? [], Math.abs));
  const [, height = 0, width = 0] = e.inputs[1]?.tensor.shape ?? [];
  const [from, by] = [scales.data.zeroPoints[0] as number, scales.filter.zeroPoints[0] as number];
  if (depthwise && height * width * LARGEST_PRODUCT + largest < MAX_EXACT) {
    const centred = (name: string, zero: number) =>
      graph.op('Sub', [graph.op('Cast', [name], { to: DATATYPE_NUMBERS.float32 }), graph.float(zero)]);
    const more = bias ? [graph.weight(nameOf(e, 2), [bias.length], Float32Array.from(bias))] : [];
    const counts = graph.op('Conv', [centred(image, from), centred(weight, by), ...more], attributes);
    return inSteps(graph, counts, scales, true);
  }
  const zeros = [from, by].map((zero) => graph.constant('uint8', [zero], []));
  const counts = graph.op('ConvInteger', [image, weight, ...zeros], attributes);
  const sum = bias
    ? graph.op('Add', [counts, graph.weight(nameOf(e, 2), [1, bias.length, 1, 1], bias, 'int32')])
    : counts;
  return inSteps(graph, sum, scales, depthwise);
}

/** Rows times a matrix [outputs, inputs], as uint8. */
export function countedProduct(e: LiteEmission, { scales }: Counted, rows: string): string {
  const { graph } = e;
  const zeros = [scales.data, scales.filter].map(({ zeroPoints }) => graph.constant('uint8', zeroPoints, []));
  const counts = graph.op('MatMulInteger', [rows, e.storedWeight(1, [1, 0]), ...zeros]);
  const bias = e.storedBias(2);
  const sum = bias ? graph.op('Add', [counts, graph.weight(nameOf(e, 2), [bias.length], bias, 'int32')]) : counts;
  return inSteps(graph, sum, scales, false);
}

function nameOf(e: LiteEmission, index: number): string {
  return e.inputs[index]?.tensor.name ?? e.operator.name;
}
