import {
  type GlobalPoolingConfig,
  type PoolingConfig,
  poolingShape,
  poolingWindow,
  single,
  spatialAxes,
} from '#convert';
import {
  channelsOf,
  fixed,
  fromImage,
  type GraphBuilder,
  memoryAxis,
  renamed,
  toImage,
  type Value,
  windowAttributes,
  windowPads,
} from '#onnx';
import { fixedSpatial } from '../convolutions/sizes.ts';
import { indicator } from './elementwise.ts';
import { defineRule, type Saved } from './rule.ts';

export const POOLING = {
  MaxPooling2D: defineRule<PoolingConfig>({
    forward: (context, c, inputs) => maxPoolForward(context.graph, c, single(inputs)),
    backward: ({ graph }, c, { inputs, saved }, gradient) => ({
      inputs: [maxPoolGradient(graph, c, single(inputs), saved, gradient)],
      weights: {},
    }),
  }),
  AveragePooling2D: defineRule<PoolingConfig>({
    backward: ({ graph }, c, { inputs }, gradient) => ({
      inputs: [averagePoolGradient(graph, c, single(inputs), gradient)],
      weights: {},
    }),
  }),
  GlobalAveragePooling2D: defineRule<GlobalPoolingConfig>({
    backward: ({ graph }, c, { inputs }, gradient) => {
      const x = single(inputs);
      const cells = spatialAxes(x.shape.length, c).reduce((product, axis) => product * fixed(x.shape, axis), 1);
      const share = graph.op('Div', [globalPoolBack(graph, c, x, gradient), graph.float(cells)]);
      return { inputs: [renamed(x, graph.op('Expand', [share, graph.op('Shape', [x.name])]))], weights: {} };
    },
  }),
  /** Equal largest cells share, as in TensorFlow. */
  GlobalMaxPooling2D: defineRule<GlobalPoolingConfig>({
    backward: ({ graph }, c, { inputs, output }, gradient) => {
      const x = single(inputs);
      const won = indicator(graph, graph.op('Equal', [x.name, globalPoolBack(graph, c, x, output)]));
      const axes = graph.ints(spatialAxes(x.shape.length, c).map((axis) => memoryAxis(x, axis)));
      const winners = graph.op('ReduceSum', [won, axes], { keepdims: 1 });
      const share = graph.op('Div', [globalPoolBack(graph, c, x, gradient), winners]);
      return { inputs: [renamed(x, graph.op('Mul', [won, share]))], weights: {} };
    },
  }),
};

/** A pool that remembers which cell of each window won. */
function maxPoolForward(graph: GraphBuilder, c: PoolingConfig, x: Value): { output: Value; saved: Saved } {
  const image = toImage(graph, x, c.data_format);
  const attributes = windowAttributes(fixedSpatial(x.shape, c.data_format), poolingWindow(c));
  const [pooled, indices] = graph.ops('MaxPool', [image], 2, attributes) as [string, string];
  const output = fromImage(pooled, poolingShape(c, x.shape), c.data_format);
  return { output, saved: { indices, size: graph.op('Shape', [image]) } };
}

/** Each window's gradient goes to the cell that won; a cell that won in several windows gets the sum. */
function maxPoolGradient(
  graph: GraphBuilder,
  c: PoolingConfig,
  x: Value,
  { indices, size }: Saved,
  gradient: Value,
): Value {
  const image = toImage(graph, gradient, c.data_format);
  const apart = c.pool_size.every((length, axis) => length <= (c.strides[axis] as number));
  const pads = windowPads(fixedSpatial(x.shape, c.data_format), poolingWindow(c)) as number[];
  const attributes = { kernel_shape: c.pool_size, strides: c.strides, pads };
  const spread = apart
    ? graph.op('MaxUnpool', [image, indices as string, size as string], attributes)
    : scattered(graph, image, indices as string, size as string);
  return graph.toLayout(fromImage(spread, x.shape, c.data_format), x.layout);
}

/** MaxUnpool would keep the last of several gradients for one cell. The indices count over the whole tensor. */
function scattered(graph: GraphBuilder, gradient: string, indices: string, size: string): string {
  const flat = graph.ints([-1]);
  const cells = graph.op('ReduceProd', [size], { keepdims: 1 });
  const nothing = graph.op('ConstantOfShape', [cells]);
  const places = graph.op('Reshape', [indices, flat]);
  const amounts = graph.op('Reshape', [gradient, flat]);
  const summed = graph.op('ScatterElements', [nothing, places, amounts], { axis: 0, reduction: 'add' });
  return graph.op('Reshape', [summed, size]);
}

/** Each window's gradient is shared by its cells inside the picture. */
function averagePoolGradient(graph: GraphBuilder, c: PoolingConfig, x: Value, gradient: Value): Value {
  const input = fixedSpatial(x.shape, c.data_format);
  const output = fixedSpatial(poolingShape(c, x.shape), c.data_format);
  const pads = windowPads(input, poolingWindow(c)) as number[];
  const shares = cellShares(c, input, output, pads);
  const share = graph.op('Mul', [toImage(graph, gradient, c.data_format), graph.float(shares, output)]);
  const [height, width] = c.pool_size as [number, number];
  const ones = graph.float(Array<number>(height * width).fill(1), [1, 1, height, width]);
  // Each channel as a picture of its own: one kernel does for all of them.
  const planes = graph.op('Reshape', [share, graph.ints([-1, 1, ...output])]);
  const rest = input.map((size, axis) => {
    const reached = ((output[axis] as number) - 1) * (c.strides[axis] as number) + (c.pool_size[axis] as number);
    return size - (reached - (pads[axis] as number) - (pads[axis + 2] as number));
  });
  const attributes = { kernel_shape: c.pool_size, strides: c.strides, pads, output_padding: rest };
  const spread = graph.op('ConvTranspose', [planes, ones], attributes);
  const image = graph.op('Reshape', [spread, graph.ints([-1, channelsOf(x.shape, c.data_format), ...input])]);
  return graph.toLayout(fromImage(image, x.shape, c.data_format), x.layout);
}

/** For each window one over the number of its cells that are inside the picture. */
function cellShares(c: PoolingConfig, input: number[], output: number[], pads: number[]): number[] {
  const inside = (axis: number) =>
    Array.from({ length: output[axis] as number }, (_, i) => {
      const start = i * (c.strides[axis] as number) - (pads[axis] as number);
      return Math.min(start + (c.pool_size[axis] as number), input[axis] as number) - Math.max(start, 0);
    });
  const columns = inside(1);
  return inside(0).flatMap((height) => columns.map((width) => 1 / (height * width)));
}

/** What a global pool answered, or its gradient, with the axes back that it took away: broadcasts over the input. */
function globalPoolBack(graph: GraphBuilder, c: GlobalPoolingConfig, x: Value, pooled: Value): string {
  if (c.keepdims) return graph.toLayout(pooled, x.layout).name;
  const axes = spatialAxes(x.shape.length, c).map((axis) => memoryAxis(x, axis));
  return graph.op('Unsqueeze', [pooled.name, graph.ints(axes)]);
}
