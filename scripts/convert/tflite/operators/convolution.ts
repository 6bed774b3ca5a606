import { fixed, fromImage, toImage, type Value, windowAttributes, windowOutput } from '#onnx';
import { given, type Operand, Refused } from '../../tensorflow/operand.ts';
import { transposedWindow } from '../../tensorflow/operators/convolution.ts';
import { known, type LiteConverter, type LiteEmission, option } from '../emission.ts';
import { countedConvolution, countedProduct } from './products.ts';

/** A picture: [batch, height, width, channels]. */
export function picture(e: LiteEmission, value = e.value(0)): Value {
  if (value.shape.length !== 4 || value.shape.slice(1).includes(null))
    throw new Refused(`an input of [${value.shape}]`);
  return value;
}

/** What ONNX's operators with windows are given, and the sides that come out. */
export function windowOf(
  { operator }: LiteEmission,
  x: Value,
  kernel: readonly number[],
  attributesOf = windowAttributes,
) {
  const strides = [option(operator, 'stride_h'), option(operator, 'stride_w')];
  const dilation = [option(operator, 'dilation_h') || 1, option(operator, 'dilation_w') || 1];
  if ([...strides, ...dilation, ...kernel].some((n) => n < 1)) throw new Refused(`strides [${strides}]`);
  const padding = paddingOf(operator);
  const sides = x.shape.slice(1, 3);
  const window = { kernel, strides, dilation, padding };
  const output = windowOutput(sides, window);
  if (output.some((side) => side !== null && side < 1)) throw new Refused(`an output of sides [${output}]`);
  return { attributes: attributesOf(sides, window), sides: output };
}

function paddingOf(operator: LiteEmission['operator']): 'same' | 'valid' {
  const found = (['same', 'valid'] as const)[option(operator, 'padding')];
  if (!found) throw new Refused(`padding ${option(operator, 'padding')}`);
  return found;
}

/** Filters are [outputs, height, width, inputs], those of single channels [1, height, width, outputs]. */
function convolved(e: LiteEmission, depthwise: boolean): Operand {
  const x = picture(e, e.counted(0, 1)?.data);
  const shape = e.inputs[1]?.tensor.shape ?? [];
  if (shape.length !== 4) throw new Refused(`a filter of [${shape}]`);
  const [first, height, width, last] = shape as [number, number, number, number];
  const inputs = fixed(x.shape, 3);
  const channels = depthwise ? last : first;
  const groups = depthwise ? inputs : inputs / last;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    throw new Refused(`${inputs} channels and a filter of [${shape}]`);
  const counted = e.counted(0, 1);
  const { attributes, sides } = windowOf(e, x, [height, width]);
  const perm = depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2];
  const all = { ...attributes, group: groups };
  const result = [x.shape[0] ?? null, ...sides, channels];
  if (counted) {
    const image = toImage(e.graph, counted.data, 'channels_last');
    const name = countedConvolution(e, counted, image, { perm, depthwise, attributes: all });
    return given({ ...fromImage(name, result, 'channels_last'), datatype: 'uint8' });
  }
  const bias = e.bias(2, 0, 1);
  const from = [
    toImage(e.graph, e.value(0), 'channels_last'),
    e.weight(1, 0, perm),
    ...(bias === undefined ? [] : [bias]),
  ];
  return given(fromImage(e.graph.op('Conv', from, all), result, 'channels_last'));
}

/** x times a matrix of [outputs, inputs]: rows are all but the last axis. */
function connected(e: LiteEmission): Operand {
  if (option(e.operator, 'weights_format') !== 0) throw new Refused('weights_format SHUFFLED4x16INT8');
  const counted = e.counted(0, 1);
  const x = e.graph.toLayout(counted?.data ?? e.value(0), 'channels-last');
  const [outputs, inputs] = (e.inputs[1]?.tensor.shape ?? []) as [number, number];
  const count = x.shape.reduce<number>((n, size) => n * (size ?? Number.NaN), 1);
  if (!inputs || !outputs || !Number.isInteger(count / inputs))
    throw new Refused(`[${x.shape}] times [${outputs}, ${inputs}]`);
  const rows = count / inputs;
  const flat = x.shape.length === 2 && x.shape[1] === inputs;
  const matrix = flat ? x.name : e.graph.op('Reshape', [x.name, e.graph.ints([-1, inputs])]);
  const name = counted ? countedProduct(e, counted, matrix) : multiplied(e, matrix);
  const datatype = counted ? 'uint8' : 'float32';
  const product: Value = { name, shape: [rows, outputs], datatype, layout: 'channels-last' };
  if (option(e.operator, 'keep_num_dims') !== 1) return given(product);
  return e.tensorflow('Reshape', [given(product), known(...(x.shape.slice(0, -1) as number[]), outputs)]) as Operand;
}

function multiplied(e: LiteEmission, matrix: string): string {
  const bias = e.bias(2, 0, 1);
  return e.graph.op('Gemm', [matrix, e.weight(1, 0, [0, 1]), ...(bias === undefined ? [] : [bias])], { transB: 1 });
}

/** Of the shape that comes out, a filter [outputs, height, width, inputs], and a picture. */
function transposed(e: LiteEmission): Operand {
  const x = picture(e, e.value(2));
  const [outputs, height, width, inputs] = (e.inputs[1]?.tensor.shape ?? []) as [number, number, number, number];
  if (inputs === undefined || fixed(x.shape, 3) !== inputs) throw new Refused(`a filter for ${inputs} channels`);
  const sizes = e.numbers(0);
  if (sizes.length !== 4 || sizes[3] !== outputs) throw new Refused(`a result of [${sizes}]`);
  const strides = [option(e.operator, 'stride_h'), option(e.operator, 'stride_w')];
  if (strides.some((stride) => stride < 1)) throw new Refused(`strides [${strides}]`);
  const window = { kernel: [height, width], strides, same: paddingOf(e.operator) === 'same' };
  const attributes = transposedWindow(x.shape.slice(1, 3), sizes.slice(1, 3), window);
  const bias = e.bias(3, 2, 1);
  const from = [
    toImage(e.graph, x, 'channels_last'),
    e.weight(1, 2, [3, 0, 1, 2]),
    ...(bias === undefined ? [] : [bias]),
  ];
  const name = e.graph.op('ConvTranspose', from, attributes);
  return given(fromImage(name, [x.shape[0] ?? null, ...sizes.slice(1)], 'channels_last'));
}

export const CONVOLUTIONS: readonly LiteConverter[] = [
  { ops: ['CONV_2D'], integers: true, emit: (e) => convolved(e, false) },
  { ops: ['DEPTHWISE_CONV_2D'], integers: true, emit: (e) => convolved(e, true) },
  { ops: ['TRANSPOSE_CONV'], integers: true, emit: transposed },
  { ops: ['FULLY_CONNECTED'], integers: true, emit: connected },
];
