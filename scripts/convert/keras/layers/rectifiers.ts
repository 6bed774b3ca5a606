import * as z from 'zod';
import { type GraphBuilder, renamed, type Value } from '#onnx';
import { defineLayer, type LayerDefinition, single } from '../layer.ts';
import { number, orElse } from '../options.ts';

const config = z.object({
  // Infinity is no limit.
  max_value: orElse(z.union([number, z.literal(Number.POSITIVE_INFINITY).transform(() => null), z.null()]), null),
  negative_slope: orElse(number, 0),
  threshold: orElse(number, 0),
});

export type RectifierConfig = z.output<typeof config>;

/** The function of `ReLU` by itself: the operator `Relu` is the same. */
export function rectified(graph: GraphBuilder, x: Value, c: RectifierConfig): Value {
  const bent = c.threshold === 0 ? around(graph, c, x) : withThreshold(graph, c, x);
  return renamed(x, c.max_value === null ? bent : clipped(graph, c, bent));
}

function around(graph: GraphBuilder, c: RectifierConfig, x: Value): string {
  if (c.negative_slope !== 0) return graph.op('LeakyRelu', [x.name], { alpha: { float: c.negative_slope } });
  // Clip below does it in one operator.
  return c.max_value === null ? graph.op('Relu', [x.name]) : x.name;
}

function withThreshold(graph: GraphBuilder, c: RectifierConfig, x: Value): string {
  const threshold = graph.float(c.threshold);
  const below = graph.op('Mul', [graph.op('Sub', [x.name, threshold]), graph.float(c.negative_slope)]);
  return graph.op('Where', [graph.op('GreaterOrEqual', [x.name, threshold]), x.name, below]);
}

function clipped(graph: GraphBuilder, c: RectifierConfig, x: string): string {
  const low = c.negative_slope === 0 && c.threshold >= 0 ? graph.float(0) : '';
  return graph.op('Clip', [x, low, graph.float(c.max_value as number)]);
}

/** A layer of one function of each element. */
function elementwise<C>(
  className: string,
  summary: string,
  options: z.ZodType<C>,
  write: (graph: GraphBuilder, x: Value, c: C) => Value,
): LayerDefinition {
  return defineLayer<C>({
    className,
    summary,
    config: options,
    mask: 'keep',
    emit: ({ graph }, c, inputs) => write(graph, single(inputs), c),
  });
}

/** A layer that is one operator of ONNX with one number, `alpha`. */
function withAlpha(className: string, summary: string, type: string, alphaOf: z.ZodType<number>): LayerDefinition {
  return elementwise(className, summary, alphaOf, (graph, x, alpha) =>
    renamed(x, graph.op(type, [x.name], { alpha: { float: alpha } })),
  );
}

/** Rectified linear units and what came after them, without trained weights. */
export const RECTIFIER_LAYERS = [
  withAlpha(
    'ELU',
    'x above zero, alpha * (e^x - 1) below.',
    'Elu',
    z.object({ alpha: orElse(number, 1) }).transform(({ alpha }) => alpha),
  ),
  withAlpha(
    'LeakyReLU',
    'x above zero, a share of it below.',
    'LeakyRelu',
    // Keras 2 says alpha, Keras 3 negative_slope; both take 0.3 where nothing is said.
    z
      .object({ negative_slope: number.nullish(), alpha: number.nullish() })
      .transform(({ negative_slope, alpha }) => negative_slope ?? alpha ?? 0.3),
  ),
  elementwise(
    'ReLU',
    '`max_value` above `max_value`, x above `threshold`, `negative_slope * (x - threshold)` below.',
    config,
    rectified,
  ),
  withAlpha(
    'ThresholdedReLU',
    'x above theta, zero elsewhere.',
    'ThresholdedRelu',
    z.object({ theta: orElse(number, 1) }).transform(({ theta }) => theta),
  ),
];
