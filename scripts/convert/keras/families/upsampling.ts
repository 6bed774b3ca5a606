import { z } from 'zod';
import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { memoryOrder, renamed } from '#onnx';
import { type LayerDefinition, single } from '../layer.ts';
import { dataFormat, perAxis } from '../options.ts';
import { spatialAxes } from './pooling.ts';

export const upSamplingConfig = (rank: number) =>
  z.object({ size: perAxis(rank).prefault(2), data_format: dataFormat });

type Config = z.output<ReturnType<typeof upSamplingConfig>>;

/** Every cell repeated along the spatial axes, any number of them. */
export function upSamplingLayer(className: string, rank: number): LayerDefinition<Config> {
  return {
    className,
    config: upSamplingConfig(rank),
    outputShape: (c, inputs) => repeatedShape(c, single(inputs)),
    emit: ({ graph }, c, inputs) => repeated(graph, c, single(inputs)),
  };
}

function factorsOf(c: Config, rank: number): number[] {
  const axes = spatialAxes(rank, c);
  return Array.from({ length: rank }, (_, axis) => c.size[axes.indexOf(axis)] ?? 1);
}

export function repeatedShape(c: Config, input: Shape): Shape {
  const factors = factorsOf(c, input.length);
  return input.map((size, axis) => (size === null ? null : size * (factors[axis] as number)));
}

export function repeated(graph: GraphBuilder, c: Config, x: Value): Value {
  const scales = graph.float(memoryOrder(x, factorsOf(c, x.shape.length)));
  const exact = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  return renamed(x, graph.op('Resize', [x.name, '', scales], exact), repeatedShape(c, x.shape));
}
