import { z } from 'zod';
import type { Shape, WeightSpec } from '#keras';
import type { GraphBuilder } from '#onnx';
import { fixed } from '#onnx';
import { flag, initializer } from '../options.ts';

const axis = z.number().int();

/** One axis or several. */
export const axes = z
  .union([axis, z.array(axis).min(1)])
  .transform((value) => (typeof value === 'number' ? [value] : value));

/** What layers that normalise and then scale and shift have in common. */
export const affineOptions = {
  epsilon: z.number().default(1e-3),
  center: flag(true),
  scale: flag(true),
  gamma_initializer: initializer('ones'),
  beta_initializer: initializer('zeros'),
};

/** Keras's axes (negative ones count from the end) in order. */
export function sortedAxes(list: readonly number[], rank: number): number[] {
  return list.map((item) => (item < 0 ? item + rank : item)).sort((a, b) => a - b);
}

/** Sizes of the axes that a weight goes over, in their order in the tensor. */
export function sizesOf(input: Shape, list: readonly number[]): number[] {
  return sortedAxes(list, input.length).map((item) => fixed(input, item));
}

/** `gamma` and `beta`, as far as the layer has them. */
export function affineWeights(
  c: { center: boolean; scale: boolean; gamma_initializer: unknown; beta_initializer: unknown },
  shape: readonly number[],
): WeightSpec[] {
  return [
    ...(c.scale ? [{ name: 'gamma', shape, trainable: true, initializer: c.gamma_initializer }] : []),
    ...(c.center ? [{ name: 'beta', shape, trainable: true, initializer: c.beta_initializer }] : []),
  ];
}

/** x - mean, over axes of the memory. */
export function centred(graph: GraphBuilder, x: string, memoryAxes: readonly number[]): string {
  return graph.op('Sub', [x, graph.op('ReduceMean', [x, graph.ints(memoryAxes)], { keepdims: 1 })]);
}

/** sqrt(mean of the squares + epsilon), over axes of the memory. */
export function magnitude(graph: GraphBuilder, x: string, memoryAxes: readonly number[], epsilon: number): string {
  const square = graph.op('ReduceMean', [graph.op('Mul', [x, x]), graph.ints(memoryAxes)], { keepdims: 1 });
  return graph.op('Sqrt', [graph.op('Add', [square, graph.float(epsilon)])]);
}

/** Dims that let a weight over some of the axes meet a tensor of that rank; both in one order. */
export function dimsOnAxes(sizes: readonly number[], list: readonly number[], rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => sizes[list.indexOf(i)] ?? 1);
}
