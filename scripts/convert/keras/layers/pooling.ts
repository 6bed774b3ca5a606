import * as z from 'zod';
import type { Shape } from '#keras';
import {
  fromImage,
  type GraphBuilder,
  imageShape,
  maxPoolAttributes,
  memoryAxis,
  spatialOf,
  toImage,
  type Value,
  type Window,
  windowAttributes,
  windowOutput,
} from '#onnx';
import { defineLayer, type EmitContext, type LayerDefinition, single } from '../layer.ts';
import { dataFormat, flag, padding, perAxis } from '../options.ts';

const poolingConfig = (rank: number) =>
  z
    .object({
      pool_size: perAxis(rank).prefault(2),
      strides: perAxis(rank).nullish(),
      padding,
      data_format: dataFormat,
    })
    // Keras: no strides means steps as long as the pool.
    .transform((config) => ({ ...config, strides: config.strides ?? config.pool_size }));

export type PoolingConfig = z.output<ReturnType<typeof poolingConfig>>;

export function poolingWindow(config: PoolingConfig): Window {
  return { kernel: config.pool_size, strides: config.strides, padding: config.padding };
}

export function poolingShape(config: PoolingConfig, input: Shape): Shape {
  const channels = config.data_format === 'channels_last' ? input.at(-1) : input[1];
  const spatial = windowOutput(spatialOf(input, config.data_format), poolingWindow(config));
  return imageShape(input[0] ?? null, spatial, channels ?? null, config.data_format);
}

export type PoolType = 'MaxPool' | 'AveragePool';

export function pool(context: EmitContext, type: PoolType, config: PoolingConfig, x: Value): Value {
  const spatial = spatialOf(x.shape, config.data_format);
  const window = poolingWindow(config);
  const image = toImage(context.graph, x, config.data_format);
  const shape = poolingShape(config, x.shape);
  if (padsAtRunTime(spatial, window)) {
    return fromImage(poolPaddedAtRunTime(context.graph, type, image, window), shape, config.data_format);
  }
  const attributes =
    type === 'MaxPool'
      ? maxPoolAttributes(spatial, window)
      : { ...windowAttributes(spatial, window), count_include_pad: 0 };
  return fromImage(context.graph.op(type, [image], attributes), shape, config.data_format);
}

/**
 * Whether a pool's padding must be worked out by the graph itself: over a free axis with a stride beyond the pool,
 * onnxruntime (1.30) takes the cells that are left out for padding below zero. It then refuses to run a MaxPool, and begins
 * an AveragePool at another cell.
 */
export function padsAtRunTime(sizes: Shape, { kernel, strides, padding }: Window): boolean {
  return padding === 'same' && sizes.some((size, i) => size === null && (kernel[i] as number) < (strides[i] as number));
}

/** A pool with TensorFlow's `same` padding, worked out from the picture's size while it runs. `x` is batch, channels, space. */
function poolPaddedAtRunTime(graph: GraphBuilder, type: 'MaxPool' | 'AveragePool', x: string, window: Window): string {
  const rank = window.kernel.length;
  const attributes = { kernel_shape: window.kernel, strides: window.strides, auto_pad: 'VALID' };
  const sizes = graph.op('Shape', [x], { start: 2, end: 2 + rank });
  const pads = padsOf(graph, sizes, window);
  if (type === 'MaxPool') {
    const padded = graph.op('Pad', [x, pads, graph.float(Number.NEGATIVE_INFINITY)], { mode: 'constant' });
    return graph.op('MaxPool', [padded], attributes);
  }
  // A mean over cells of which some are padding is a share of the sum: the share that is inside gives the mean back.
  const mean = (of: string) => {
    const padded = graph.op('Pad', [of, pads, graph.float(0)], { mode: 'constant' });
    return graph.op('AveragePool', [padded], attributes);
  };
  const shape = graph.op('Concat', [graph.ints([1, 1]), sizes], { axis: 0 });
  return graph.op('Div', [mean(x), mean(graph.op('Expand', [graph.float(1), shape]))]);
}

/** Pads of all axes as ONNX wants them, begins and ends; none for batch and channels. */
function padsOf(graph: GraphBuilder, sizes: string, { kernel, strides }: Window): string {
  const steps = graph.ints(strides);
  const roundedUp = graph.op('Add', [sizes, graph.ints(strides.map((stride) => stride - 1))]);
  const last = graph.op('Mul', [graph.op('Sub', [graph.op('Div', [roundedUp, steps]), graph.ints([1])]), steps]);
  const beyond = graph.op('Sub', [graph.op('Add', [last, graph.ints(kernel)]), sizes]);
  const total = graph.op('Max', [beyond, graph.ints([0])]);
  const before = graph.op('Div', [total, graph.ints([2])]);
  const none = graph.ints([0, 0]);
  return graph.op('Concat', [none, before, none, graph.op('Sub', [total, before])], { axis: 0 });
}

export const globalPoolingConfig = z.object({ data_format: dataFormat, keepdims: flag(false) });

type GlobalPoolType = 'ReduceMean' | 'ReduceMax';

export type GlobalPoolingConfig = z.output<typeof globalPoolingConfig>;

/** The spatial axes in Keras's order. */
export function spatialAxes(rank: number, config: Pick<GlobalPoolingConfig, 'data_format'>): number[] {
  const first = config.data_format === 'channels_last' ? 1 : 2;
  return Array.from({ length: rank - 2 }, (_, i) => first + i);
}

export function globalPoolingShape(config: GlobalPoolingConfig, input: Shape): Shape {
  const axes = spatialAxes(input.length, config);
  return config.keepdims
    ? input.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : input.filter((_, axis) => !axes.includes(axis));
}

/** Reduces the spatial axes wherever they lie in memory: no transpose is needed for that. */
export function globalPool(context: EmitContext, type: GlobalPoolType, config: GlobalPoolingConfig, x: Value): Value {
  const axes = spatialAxes(x.shape.length, config).map((axis) => memoryAxis(x, axis));
  const keepdims = config.keepdims ? 1 : 0;
  const name = context.graph.op(type, [x.name, context.graph.ints(axes)], { keepdims });
  return { ...x, name, shape: globalPoolingShape(config, x.shape) };
}

function pooling(className: string, rank: number, type: PoolType, summary: string): LayerDefinition {
  return defineLayer<PoolingConfig>({
    className,
    summary,
    config: poolingConfig(rank),
    outputShape: (c, inputs) => poolingShape(c, single(inputs)),
    emit: (context, c, inputs) => pool(context, type, c, single(inputs)),
  });
}

function globalPooling(className: string, type: GlobalPoolType, summary: string): LayerDefinition {
  return defineLayer<GlobalPoolingConfig>({
    className,
    summary,
    config: globalPoolingConfig,
    outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
    emit: (context, c, inputs) => globalPool(context, type, c, single(inputs)),
  });
}

/**
 * Pools over one to three spatial axes. TensorFlow does not count padding in a mean, and ONNX, like TensorFlow, pads a
 * maximum with minus infinity. `GlobalAveragePooling1D` knows masks, and has a file of its own.
 */
export const POOLING_LAYERS = [
  pooling('AveragePooling1D', 1, 'AveragePool', 'The mean of each window of time over the steps inside the sequence.'),
  pooling('AveragePooling2D', 2, 'AveragePool', 'The mean of each window over the cells inside the picture.'),
  pooling('AveragePooling3D', 3, 'AveragePool', 'The mean of each window of a volume over the cells inside it.'),
  pooling('MaxPooling1D', 1, 'MaxPool', 'The largest value of each window of time.'),
  pooling('MaxPooling2D', 2, 'MaxPool', 'The largest value of each window.'),
  pooling('MaxPooling3D', 3, 'MaxPool', 'The largest value of each window of a volume.'),
  globalPooling('GlobalAveragePooling2D', 'ReduceMean', 'The mean of each channel over height and width.'),
  globalPooling('GlobalAveragePooling3D', 'ReduceMean', 'The mean of each channel over depth, height and width.'),
  globalPooling('GlobalMaxPooling1D', 'ReduceMax', 'The largest value of each channel over time.'),
  globalPooling('GlobalMaxPooling2D', 'ReduceMax', 'The largest value of each channel over height and width.'),
  globalPooling('GlobalMaxPooling3D', 'ReduceMax', 'The largest value of each channel over depth, height and width.'),
];
