import { FreezeframeError } from '@freezeframe/inference';
import type { Shape } from '#keras';
import type { GraphBuilder, Layout, Value } from './graph.ts';

/** Which axis Keras says the channels are. Not to be mixed up with `Value.layout`, which is how the memory lies now. */
export type DataFormat = 'channels_last' | 'channels_first';

/** The channel axis of a shape in Keras's order. */
export function channelAxis(shape: Shape, format: DataFormat): number {
  return format === 'channels_last' ? shape.length - 1 : 1;
}

/** Number of channels; weights depend on it, so it must be fixed. */
export function channelsOf(shape: Shape, format: DataFormat): number {
  return fixed(shape, channelAxis(shape, format));
}

/** The size of one axis (negative counts from the end), which must not be free. */
export function fixed(shape: Shape, axis: number): number {
  const size = shape.at(axis);
  if (typeof size === 'number') return size;
  throw new FreezeframeError('bad-topology', `Expected a fixed size for axis ${axis} of the shape [${shape}]`, {
    remedy: 'Give the model an input shape that fixes this axis.',
  });
}

/** Sizes of the axes between batch and channels. */
export function spatialOf(shape: Shape, format: DataFormat): Shape {
  return format === 'channels_last' ? shape.slice(1, -1) : shape.slice(2);
}

/** A shape in Keras's order from its parts. */
export function imageShape(batch: number | null, spatial: Shape, channels: number | null, format: DataFormat): Shape {
  return format === 'channels_last' ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

/** The layout of a picture that lies as ONNX's convolutions and pools want it: batch, channels, space. */
export function imageLayout(format: DataFormat): Layout {
  return format === 'channels_last' ? 'channels-first' : 'channels-last';
}

/** The value's name in the graph with its memory as ONNX's convolutions and pools want it: batch, channels, space. */
export function toImage(graph: GraphBuilder, value: Value, format: DataFormat): string {
  return graph.toLayout(value, imageLayout(format)).name;
}

/** The reverse of `toImage`: what a convolution gave (batch, channels, space), as a value. `shape` is in Keras's order. */
export function fromImage(name: string, shape: Shape, format: DataFormat): Value {
  return { name, shape, datatype: 'float32', layout: imageLayout(format) };
}

/** The value with its memory in Keras's own order, which layers that mix or move axes want. */
export function asKeras(graph: GraphBuilder, value: Value): Value {
  return graph.toLayout(value, 'channels-last');
}

/** Keras's axis (negative counts from the end) as the axis of the value's memory. */
export function memoryAxis(value: Pick<Value, 'shape' | 'layout'>, axis: number): number {
  const rank = value.shape.length;
  const positive = axis < 0 ? axis + rank : axis;
  if (value.layout === 'channels-last' || rank < 3 || positive === 0) return positive;
  return positive === rank - 1 ? 1 : positive + 1;
}

/** One entry per axis in Keras's order, reordered to the value's memory (pads, begins, ends). */
export function memoryOrder<T>(value: Pick<Value, 'shape' | 'layout'>, perAxis: readonly T[]): T[] {
  const result = [...perAxis];
  for (const [axis, item] of perAxis.entries()) result[memoryAxis(value, axis)] = item;
  return result;
}

/** Dims that let a vector of `length` along Keras's `axis` broadcast over the value as it lies in memory. */
export function broadcastDims(value: Pick<Value, 'shape' | 'layout'>, axis: number, length: number): number[] {
  const dims = value.shape.map(() => 1);
  dims[memoryAxis(value, axis)] = length;
  // Leading ones say nothing: [1, 1, 1, 3] and [3] broadcast alike.
  while (dims.length > 1 && dims[0] === 1) dims.shift();
  return dims;
}

/** The value under another name: same memory order, and same shape unless another is given. */
export function renamed(value: Value, name: string, shape: Shape = value.shape): Value {
  return { ...value, name, shape };
}
