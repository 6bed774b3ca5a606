import { z } from 'zod';
import type { GraphBuilder, Value } from '#onnx';
import { renamed } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

const config = z.object({
  max_value: number.nullish().transform((value) => value ?? null),
  negative_slope: number.nullish().transform((value) => value ?? 0),
  threshold: number.nullish().transform((value) => value ?? 0),
});

type Config = z.output<typeof config>;

/** `max_value` above `max_value`, x above `threshold`, `negative_slope * (x - threshold)` below. */
export const reLU = defineLayer<Config>({
  className: 'ReLU',
  config,
  outputShape: (_, inputs) => single(inputs),
  mask: 'keep',
  emit: ({ graph }, c, inputs) => rectified(graph, single(inputs), c),
});

/** The function by itself: operators and activations with options use it too. */
export function rectified(graph: GraphBuilder, x: Value, c: Config): Value {
  const bent = c.threshold === 0 ? around(graph, c, x) : withThreshold(graph, c, x);
  return renamed(x, c.max_value === null ? bent : clipped(graph, c, bent));
}

function around(graph: GraphBuilder, c: Config, x: Value): string {
  if (c.negative_slope !== 0) return graph.op('LeakyRelu', [x.name], { alpha: { float: c.negative_slope } });
  // Clip below does it in one operator.
  return c.max_value === null ? graph.op('Relu', [x.name]) : x.name;
}

function withThreshold(graph: GraphBuilder, c: Config, x: Value): string {
  const threshold = graph.float(c.threshold);
  const below = graph.op('Mul', [graph.op('Sub', [x.name, threshold]), graph.float(c.negative_slope)]);
  return graph.op('Where', [graph.op('GreaterOrEqual', [x.name, threshold]), x.name, below]);
}

function clipped(graph: GraphBuilder, c: Config, x: string): string {
  const low = c.negative_slope === 0 && c.threshold >= 0 ? graph.float(0) : '';
  return graph.op('Clip', [x, low, graph.float(c.max_value as number)]);
}
