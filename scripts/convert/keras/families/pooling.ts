import { z } from 'zod';
import type { Shape } from '#keras';
import type { Value } from '#onnx';
import {
  fromImage,
  imageShape,
  maxPoolAttributes,
  memoryAxis,
  spatialOf,
  toImage,
  type Window,
  windowAttributes,
  windowOutput,
} from '#onnx';
import { type EmitContext, type LayerDefinition, single } from '../layer.ts';
import { dataFormat, flag, padding, perAxis } from '../options.ts';
import { padsAtRunTime, poolPaddedAtRunTime } from './sparse-pooling.ts';

export const poolingConfig = (rank: number) =>
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

/** A pool over any number of spatial axes; TensorFlow does not count padding in a mean. */
export function poolingLayer(className: string, rank: number, type: PoolType): LayerDefinition<PoolingConfig> {
  return {
    className,
    config: poolingConfig(rank),
    outputShape: (c, inputs) => poolingShape(c, single(inputs)),
    emit: (context, c, inputs) => pool(context, type, c, single(inputs)),
  };
}

export const globalPoolingConfig = z.object({ data_format: dataFormat, keepdims: flag(false) });

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
export function globalPool(
  context: EmitContext,
  type: 'ReduceMean' | 'ReduceMax',
  config: GlobalPoolingConfig,
  x: Value,
): Value {
  const axes = spatialAxes(x.shape.length, config).map((axis) => memoryAxis(x, axis));
  const keepdims = config.keepdims ? 1 : 0;
  const name = context.graph.op(type, [x.name, context.graph.ints(axes)], { keepdims });
  return { ...x, name, shape: globalPoolingShape(config, x.shape) };
}

/** The mean or the largest value of each channel, over any number of spatial axes. */
export function globalPoolingLayer(
  className: string,
  type: 'ReduceMean' | 'ReduceMax',
): LayerDefinition<GlobalPoolingConfig> {
  return {
    className,
    config: globalPoolingConfig,
    outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
    emit: (context, c, inputs) => globalPool(context, type, c, single(inputs)),
  };
}
