import * as z from 'zod';
import type { Shape } from '#keras';
import { channelAxis, fixed, type GraphBuilder, imageShape, memoryAxis, type Value } from '#onnx';
import { defineLayer, type EmitContext, type LayerDefinition, single } from '../layer.ts';
import { dataFormat, perAxis } from '../options.ts';
import { type PoolType, pool, spatialAxes } from './pooling.ts';

const config = (rank: number) => z.object({ output_size: perAxis(rank), data_format: dataFormat });

type Config = z.output<ReturnType<typeof config>>;

function adaptiveShape(c: Config, input: Shape): Shape {
  for (const axis of spatialAxes(input.length, c)) fixed(input, axis);
  return imageShape(input[0] ?? null, c.output_size, input[channelAxis(input, c.data_format)] ?? null, c.data_format);
}

/** A pool whose windows are made so that the answer has a given size. */
export function adaptivePool(context: EmitContext, c: Config, x: Value, type: PoolType): Value {
  const axes = spatialAxes(x.shape.length, c);
  const steps = axes.map((axis, i) => fixed(x.shape, axis) / (c.output_size[i] as number));
  if (steps.every(Number.isInteger)) {
    const window = { pool_size: steps, strides: steps, padding: 'valid', data_format: c.data_format } as const;
    return pool(context, type, window, x);
  }
  const name = axes.reduce((current, axis, i) => {
    const windows = windowsOf(fixed(x.shape, axis), c.output_size[i] as number);
    return alongAxis(context.graph, current, memoryAxis(x, axis), x.shape.length, windows, type);
  }, x.name);
  return { ...x, name, shape: adaptiveShape(c, x.shape) };
}

/** The cells of each window: from the cell in which its share of the axis begins to the one in which it ends. */
function windowsOf(size: number, output: number): number[][] {
  return Array.from({ length: output }, (_, i) => {
    const first = Math.floor((i * size) / output);
    const end = Math.ceil(((i + 1) * size) / output);
    return Array.from({ length: end - first }, (__, j) => first + j);
  });
}

/** Puts the windows of one axis behind each other, filled up to one length, and reduces them. */
function alongAxis(
  graph: GraphBuilder,
  x: string,
  axis: number,
  rank: number,
  windows: readonly number[][],
  type: PoolType,
): string {
  const length = Math.max(...windows.map((window) => window.length));
  // A window's first cell again never makes a larger maximum, and weighs nothing in a mean.
  const filled = windows.flatMap((window) => Array.from({ length }, (_, j) => window[j] ?? (window[0] as number)));
  const indices = graph.constant('int64', filled, [windows.length, length]);
  const gathered = graph.op('Gather', [x, indices], { axis });
  const reduced = graph.ints([axis + 1]);
  if (type === 'MaxPool') return graph.op('ReduceMax', [gathered, reduced], { keepdims: 0 });
  const shares = windows.flatMap((window) =>
    Array.from({ length }, (_, j) => (j < window.length ? 1 / window.length : 0)),
  );
  const dims = [windows.length, length, ...Array.from({ length: rank - 1 - axis }, () => 1)];
  const weighted = graph.op('Mul', [gathered, graph.float(shares, dims)]);
  return graph.op('ReduceSum', [weighted, reduced], { keepdims: 0 });
}

function adaptivePooling(rank: number, type: PoolType, className: string, summary: string): LayerDefinition {
  return defineLayer<Config>({
    className,
    summary,
    config: config(rank),
    outputShape: (c, inputs) => adaptiveShape(c, single(inputs)),
    emit: (context, c, inputs) => adaptivePool(context, c, single(inputs), type),
  });
}

/** Pools whose windows are made so that the answer has a given size: they overlap where the sizes do not divide. */
export const ADAPTIVE_POOLING_LAYERS = (
  [
    ['sequences', 1],
    ['pictures', 2],
    ['volumes', 3],
  ] as const
).flatMap(([what, rank]) => [
  adaptivePooling(rank, 'AveragePool', `AdaptiveAveragePooling${rank}D`, `Pools ${what} to a given size, by the mean.`),
  adaptivePooling(
    rank,
    'MaxPool',
    `AdaptiveMaxPooling${rank}D`,
    `Pools ${what} to a given size, by the largest value.`,
  ),
]);
