import { asKeras, channelAxis, type DataFormat, type Value } from '#onnx';
import { badCall, datatypeNamed, numberIn, type Operands, tensorOf } from '../operand.ts';
import { type OperatorDefinition, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';
import { formatOf } from './windows.ts';

type Write = (to: Tensors, x: Value, axis: number, given: Operands) => Value;

/** A function of pictures: any number of axes before height, width and channels. */
export function onPicture(
  keras: readonly string[],
  tensorflow: readonly string[],
  more: readonly string[],
  write: Write,
): OperatorDefinition {
  return operator(keras, tensorflow, ['images|image|x|input', ...more, 'data_format'], (to, operands) => {
    const where = `the picture of ${keras[0] ?? tensorflow[0]}`;
    const x = asKeras(to.graph, to.cast(tensorOf(to.graph, operands.images, where), 'float32'));
    if (x.shape.length < 3) throw badCall('height, width and channels', where, x.shape);
    const format: DataFormat = formatOf(operands.data_format);
    const axis = x.shape.length === 3 && format === 'channels_first' ? 0 : channelAxis(x.shape, format);
    return write(to, x, axis, operands);
  });
}

/** The three colours, each with an axis of size 1. */
function colours(to: Tensors, x: Value, axis: number): readonly [Value, Value, Value] {
  if (x.shape[axis] !== 3) throw badCall('three channels', 'a picture in colour', x.shape);
  return [0, 1, 2].map((channel) => to.slice(x, axis, channel, channel + 1)) as unknown as readonly [
    Value,
    Value,
    Value,
  ];
}

/** Red, green and blue times a matrix [in, out]. */
function mixed(to: Tensors, x: Value, matrix: readonly (readonly number[])[]): Value {
  const table = to.constant('float32', matrix.flat(), [matrix.length, (matrix[0] as readonly number[]).length]);
  return to.matmul(x, table);
}

const clipped = (to: Tensors, x: Value) => to.binary('Min', to.binary('Max', x, 0), 1);

/** Hue, saturation and value, each in 0..1, as TensorFlow's kernel works them out. */
function toHsv(to: Tensors, x: Value, axis: number): readonly [Value, Value, Value] {
  const [red, green, blue] = colours(to, x, axis);
  const value = to.reduce('ReduceMax', x, [axis], true);
  const range = to.subtract(value, to.reduce('ReduceMin', x, [axis], true));
  const saturation = to.where(to.compare('Greater', value, 0), to.divide(range, value), 0);
  const turn = (a: Value, b: Value, from: number) => to.add(to.divide(to.subtract(a, b), to.multiply(range, 6)), from);
  const byGreen = to.where(to.compare('Equal', value, green), turn(blue, red, 2 / 6), turn(red, green, 4 / 6));
  const angle = to.where(to.compare('Equal', value, red), turn(green, blue, 0), byGreen);
  const hue = to.where(to.compare('Greater', range, 0), angle, 0);
  return [to.where(to.compare('Less', hue, 0), to.add(hue, 1), hue), saturation, value];
}

function fromHsv(to: Tensors, [hue, saturation, value]: readonly Value[], axis: number): Value {
  const [h, s, v] = [to.multiply(hue as Value, 6), saturation as Value, value as Value];
  const away = (from: number) => to.unary('Abs', to.subtract(h, from));
  const shares = [to.subtract(away(3), 1), to.subtract(2, away(2)), to.subtract(2, away(4))].map((x) => clipped(to, x));
  const rest = to.subtract(1, s);
  return to.concat(
    shares.map((share) => to.multiply(to.add(rest, to.multiply(s, share)), v)),
    axis,
  );
}

const GREY = [0.2989, 0.587, 0.114];
/** The matrices of `tensorflow/python/ops/image_ops_impl.py`. */
const YIQ = [
  [0.299, 0.59590059, 0.2115],
  [0.587, -0.27455667, -0.52273617],
  [0.114, -0.32134392, 0.31119955],
];
const RGB_OF_YIQ = [
  [1, 1, 1],
  [0.95598634, -0.27201283, -1.10674021],
  [0.6208248, -0.64720424, 1.70423049],
];
const YUV = [
  [0.299, -0.14714119, 0.61497538],
  [0.587, -0.28886916, -0.51496512],
  [0.114, 0.43601035, -0.10001026],
];
const RGB_OF_YUV = [
  [1, 1, 1],
  [0, -0.394642334, 2.03206185],
  [1.13988303, -0.58062185, 0],
];

/** The axes of height and width of a picture, channels last. */
const sides = (x: Value) => [x.shape.length - 3, x.shape.length - 2];

/** Colours of pictures. */
export const COLOURS: readonly OperatorDefinition[] = [
  onPicture(['RGBToGrayscale'], ['image.rgb_to_grayscale'], [], (to, x, axis) => {
    const dims = x.shape.map((_, i) => (i === axis ? 3 : 1));
    if (x.shape[axis] !== 3) throw badCall('three channels', 'a picture in colour', x.shape);
    return to.reduce('ReduceSum', to.multiply(x, to.constant('float32', GREY, dims)), [axis], true);
  }),
  onPicture([], ['image.grayscale_to_rgb'], [], (to, x, axis) => to.gather(x, [0, 0, 0], axis)),
  onPicture(['RGBToHSV'], ['image.rgb_to_hsv'], [], (to, x, axis) => to.concat(toHsv(to, x, axis), axis)),
  onPicture(['HSVToRGB'], ['image.hsv_to_rgb'], [], (to, x, axis) => fromHsv(to, colours(to, x, axis), axis)),
  onPicture([], ['image.rgb_to_yiq'], [], (to, x) => mixed(to, x, YIQ)),
  onPicture([], ['image.yiq_to_rgb'], [], (to, x) => mixed(to, x, RGB_OF_YIQ)),
  onPicture([], ['image.rgb_to_yuv'], [], (to, x) => mixed(to, x, YUV)),
  onPicture([], ['image.yuv_to_rgb'], [], (to, x) => mixed(to, x, RGB_OF_YUV)),
  onPicture([], ['image.per_image_standardization'], [], (to, x, axis) => {
    const axes = [...sides(x), axis];
    const gap = to.subtract(x, to.reduce('ReduceMean', x, axes, true));
    const deviation = to.unary('Sqrt', to.reduce('ReduceMean', to.multiply(gap, gap), axes, true));
    const count = to.reduce('ReduceSum', to.add(to.multiply(x, 0), 1), axes, true);
    return to.divide(gap, to.binary('Max', deviation, to.divide(1, to.unary('Sqrt', count))));
  }),
  onPicture([], ['image.adjust_brightness'], ['delta'], (to, x, _, { delta }) =>
    to.add(x, numberIn(delta, 'delta', 0)),
  ),
  onPicture([], ['image.adjust_contrast'], ['contrast_factor'], (to, x, _, { contrast_factor }) => {
    const mean = to.reduce('ReduceMean', x, sides(x), true);
    return to.add(to.multiply(to.subtract(x, mean), numberIn(contrast_factor, 'contrast_factor', 1)), mean);
  }),
  onPicture([], ['image.adjust_saturation'], ['saturation_factor'], (to, x, axis, { saturation_factor }) => {
    const [hue, saturation, value] = toHsv(to, x, axis);
    const factor = numberIn(saturation_factor, 'saturation_factor', 1);
    return fromHsv(to, [hue, clipped(to, to.multiply(saturation, factor)), value], axis);
  }),
  onPicture([], ['image.adjust_hue'], ['delta'], (to, x, axis, { delta }) => {
    const [hue, saturation, value] = toHsv(to, x, axis);
    const moved = to.add(hue, numberIn(delta, 'delta', 0));
    return fromHsv(to, [to.subtract(moved, to.unary('Floor', moved)), saturation, value], axis);
  }),
  onPicture([], ['image.adjust_gamma'], ['gamma', 'gain'], (to, x, _, { gamma, gain }) =>
    to.multiply(to.binary('Pow', x, numberIn(gamma, 'gamma', 1)), numberIn(gain, 'gain', 1)),
  ),
  operator([], ['image.convert_image_dtype'], ['image', 'dtype', 'saturate'], (to: Tensors, { image, dtype }) => {
    const x = to.of(image, 'the picture of convert_image_dtype');
    if (datatypeNamed(dtype) !== 'float32') throw badCall('float32', 'dtype of convert_image_dtype', dtype);
    if (x.datatype === 'uint8') return to.multiply(to.cast(x, 'float32'), 1 / 255);
    return x.datatype === 'float32' ? x : to.multiply(to.cast(x, 'float32'), 1 / 2147483647);
  }),
];
