import type { Shape } from '#keras';
import {
  cellsBetween,
  DATATYPE_NUMBERS,
  type DataFormat,
  fixed,
  type GraphBuilder,
  type Interpolation,
  imageLayout,
  memoryAxis,
  memoryOrder,
  nearestCells,
  renamed,
  resamplingMatrix,
  toImage,
  type Value,
} from '#onnx';
import { asFloat } from '../layer.ts';

export type Size = readonly [height: number, width: number];

interface ResizeOptions {
  readonly interpolation: Interpolation;
  readonly antialias: boolean;
  readonly format: DataFormat;
}

/** Axes of height and width in Keras's order. */
export function pictureAxes(format: DataFormat): readonly [height: number, width: number] {
  return format === 'channels_last' ? [1, 2] : [2, 3];
}

/** The shape of a picture with another height and width. */
export function sizedShape(shape: Shape, [height, width]: readonly (number | null)[], format: DataFormat): Shape {
  const axes = pictureAxes(format);
  return shape.map((size, axis) => (axis === axes[0] ? (height ?? null) : axis === axes[1] ? (width ?? null) : size));
}

/** The picture in another size, as `tf.image.resize` does it. Only bilinear takes free axes. */
export function resizePicture(graph: GraphBuilder, x: Value, size: Size, options: ResizeOptions): Value {
  const axes = pictureAxes(options.format);
  if (axes.every((axis, i) => x.shape[axis] === size[i])) return x;
  const { interpolation, antialias } = options;
  if (interpolation === 'nearest') return nearest(graph, x, size, options.format);
  if (interpolation === 'bilinear' && !antialias) {
    const whole = x.datatype !== 'float32' && axes.every((axis) => x.shape[axis] !== null);
    return (whole ? steppedBilinear : bilinear)(graph, asFloat(graph, x), size, options.format);
  }
  return byMatrices(graph, asFloat(graph, x), size, options);
}

/** Rounds what a picture of whole numbers became and gives it its datatype back, as Keras's picture layers do. */
export function roundedTo(graph: GraphBuilder, datatype: Value['datatype'], x: Value): Value {
  if (x.datatype === datatype) return x;
  const rounded = graph.op('Round', [x.name]);
  const inside = datatype === 'uint8' ? graph.op('Clip', [rounded, graph.float(0), graph.float(255)]) : rounded;
  return { ...x, name: graph.op('Cast', [inside], { to: DATATYPE_NUMBERS[datatype] }), datatype };
}

function nearest(graph: GraphBuilder, x: Value, size: Size, format: DataFormat): Value {
  const name = pictureAxes(format).reduce((current, axis, i) => {
    // ONNX's Resize rounds in other places; the cells are known here.
    const cells = graph.ints(nearestCells(fixed(x.shape, axis), size[i] as number));
    return graph.op('Gather', [current, cells], { axis: memoryAxis(x, axis) });
  }, x.name);
  return renamed(x, name, sizedShape(x.shape, size, format));
}

/**
 * With the sizes of all axes: onnxruntime (1.30) moves a Transpose from before a Resize behind it, and loses the sizes of one
 * that names its axes, so that the graph does not load.
 */
function bilinear(graph: GraphBuilder, x: Value, size: Size, format: DataFormat): Value {
  const [height, width] = pictureAxes(format).map((axis) => memoryAxis(x, axis)) as [number, number];
  const sizeOf = (start: number, end: number) => graph.op('Shape', [x.name], { start, end });
  const behind = width + 1 < x.shape.length ? [sizeOf(width + 1, x.shape.length)] : [];
  const sizes = graph.op('Concat', [sizeOf(0, height), graph.ints(size), ...behind], { axis: 0 });
  const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  const name = graph.op('Resize', [x.name, '', '', sizes], attributes);
  return renamed(x, name, sizedShape(x.shape, size, format));
}

/** In TensorFlow's very steps: what will be rounded to whole numbers must not fall on the other side of a half. */
function steppedBilinear(graph: GraphBuilder, x: Value, size: Size, format: DataFormat): Value {
  const [height, width] = pictureAxes(format);
  const between = (current: string, axis: number, output: number) => {
    const inMemory = memoryAxis(x, axis);
    const { lower, upper, shares } = cellsBetween(fixed(x.shape, axis), output);
    const take = (cells: number[]) => graph.op('Gather', [current, graph.ints(cells)], { axis: inMemory });
    const first = take(lower);
    const dims = [output, ...Array.from({ length: x.shape.length - 1 - inMemory }, () => 1)];
    const step = graph.op('Mul', [graph.op('Sub', [take(upper), first]), graph.float(shares, dims)]);
    return graph.op('Add', [first, step]);
  };
  const name = between(between(x.name, width, size[1]), height, size[0]);
  return renamed(x, name, sizedShape(x.shape, size, format));
}

function byMatrices(
  graph: GraphBuilder,
  x: Value,
  size: Size,
  { interpolation, antialias, format }: ResizeOptions,
): Value {
  const [height, width] = pictureAxes(format).map((axis) => fixed(x.shape, axis)) as [number, number];
  const matrix = (input: number, output: number, turned: boolean) => {
    const rows = resamplingMatrix(interpolation, antialias, input, output);
    if (!turned) return graph.weight('resampling', [output, input], rows);
    const columns = Float32Array.from(rows, (_, i) => rows[(i % output) * input + Math.floor(i / output)] as number);
    return graph.weight('resampling', [input, output], columns);
  };
  const shape = sizedShape(x.shape, size, format);
  const channels = memoryOrder(x, x.shape).at(-1);
  const channelsLast = memoryAxis(x, pictureAxes(format)[1]) === 2;
  if (channelsLast && typeof channels === 'number') {
    // Each picture is a matrix of rows, then each row one of cells: no transpose is needed.
    const rows = graph.op('Reshape', [x.name, graph.ints([0, height, width * channels])]);
    const tall = graph.op('MatMul', [matrix(height, size[0], false), rows]);
    const cells = graph.op('Reshape', [tall, graph.ints([-1, width, channels])]);
    const wide = graph.op('MatMul', [matrix(width, size[1], false), cells]);
    return renamed(x, graph.op('Reshape', [wide, graph.ints([-1, ...size, channels])]), shape);
  }
  const wide = graph.op('MatMul', [toImage(graph, x, format), matrix(width, size[1], true)]);
  const name = graph.op('MatMul', [matrix(height, size[0], false), wide]);
  return { ...x, name, shape, layout: imageLayout(format) };
}
