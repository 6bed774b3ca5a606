import { z } from 'zod';
import {
  type ConvolutionConfig,
  convolution,
  convolutionShape,
  convolutionWeights,
  type LayerDefinition,
  type PoolingConfig,
  pool,
  poolingShape,
  single,
} from '#convert';
import type { GraphBuilder, Value } from '#onnx';
import { wherePositive } from '../gradients/elementwise.ts';
import { summed } from '../gradients/parts.ts';
import type { GradientRule, Saved, TrainContext } from '../gradients/rule.ts';
import { fromCells, toCells } from './cells.ts';
import { convolutionSizes, fixedSpatial } from './convolution.ts';
import { fitsPatches, patches, pixelRows, tapGradients, tapMatrix } from './patch-convolution.ts';
import { compare, cutIntoPlanes, joinPlanes, type PlaneSizes, planeDims, spreadOver } from './pool-planes.ts';
import { gradientsOfImage, gradientsOfRows, trainedConvolution } from './trained-convolution.ts';

/** A convolution with ReLU (or nothing) and the pool behind it, trained as one. */
export interface PooledConvolutionConfig {
  readonly convolution: ConvolutionConfig;
  readonly pool: PoolingConfig;
}

/** Whether the pair can be trained as one: windows of the pool that neither overlap nor need padding. */
export function canPool(convolution: ConvolutionConfig, pool: PoolingConfig): boolean {
  return (
    ['relu', 'linear'].includes(convolution.activation) &&
    convolution.groups === 1 &&
    pool.padding === 'valid' &&
    pool.data_format === convolution.data_format &&
    pool.pool_size.every((size, axis) => size === pool.strides[axis])
  );
}

/**
 * Why one layer of two: ReLU and pool can change places, so that ReLU and its mask cost a quarter; and a first layer's
 * convolution is done once for each plane that the pool compares, so that nothing is cut or joined.
 */
export const pooledConvolution: LayerDefinition<PooledConvolutionConfig> = {
  className: 'Conv2D + MaxPooling2D',
  config: z.custom<PooledConvolutionConfig>(),
  weights: (c, inputs) => convolutionWeights(c.convolution, single(inputs)),
  outputShape: (c, inputs) =>
    poolingShape(c.pool, convolutionShape(c.convolution, single(inputs), c.convolution.filters)),
  emit: (context, c, inputs) => {
    const convolved = convolution(context, c.convolution, single(inputs));
    const pooled = pool(context, 'MaxPool', c.pool, convolved);
    return c.convolution.activation === 'relu' ? { ...pooled, name: context.graph.op('Relu', [pooled.name]) } : pooled;
  },
};

export const pooledRule: GradientRule<PooledConvolutionConfig> = {
  forward: (context, c, inputs, needsInputGradient) => {
    const { graph } = context;
    const x = single(inputs);
    const { planes, saved } = byPatches(c, x, needsInputGradient)
      ? planesOfPatches(context, c, x)
      : planesOfCells(context, c, x);
    const compared = compare(graph, planes);
    const largest = compared.at(-1) as string;
    const pooled = c.convolution.activation === 'relu' ? graph.op('Relu', [largest]) : largest;
    const { output, channels } = planeSizes(c, x);
    const cells = graph.op('Reshape', [pooled, graph.ints([channels, ...output, -1])]);
    const shape = pooledConvolution.outputShape(c, [x.shape]);
    return {
      output: fromCells(graph, cells, shape, c.convolution.data_format),
      saved: { ...saved, ...numbered('compared', compared), pooled },
    };
  },
  backward: (context, c, { inputs, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const x = single(inputs);
    const first = byPatches(c, x, needsInputGradient);
    const sizes = planeSizes(c, x);
    const cells = toCells(graph, gradient, c.convolution.data_format);
    const plane = graph.op('Reshape', [cells, graph.ints(first ? [sizes.channels, -1] : planeDims(sizes))]);
    const masked = c.convolution.activation === 'relu' ? wherePositive(graph, saved.pooled as string, plane) : plane;
    const spread = spreadOver(
      graph,
      all('compared', saved),
      sizes.window.reduce((a, b) => a * b, 1),
      masked,
    );
    if (first) return { inputs: [], weights: gradientsOfPatches(graph, c, x, all('patches', saved), spread) };
    const bias = c.convolution.use_bias ? { bias: sumOfCells(graph, masked) } : {};
    const joined = joinPlanes(graph, spread, sizes);
    const { kernel, input } = gradientsOfCells(context, c, x, saved.rows, joined, needsInputGradient);
    return { inputs: input ? [input] : [], weights: { kernel, ...bias } };
  },
};

/** Whether the convolution is done for each plane of the pool: that of the model's own input. */
function byPatches(c: PooledConvolutionConfig, x: Value, needsInputGradient: boolean): boolean {
  return !needsInputGradient && fitsPatches(convolutionSizes(c.convolution, x, c.convolution.filters));
}

function planesOfPatches(context: TrainContext, c: PooledConvolutionConfig, x: Value) {
  const { graph } = context;
  const { use_bias, data_format, filters } = c.convolution;
  const sizes = convolutionSizes(c.convolution, x, filters);
  const rows = pixelRows(graph, x, data_format, sizes);
  const matrix = tapMatrix(graph, context.weight('kernel'), use_bias ? context.weight('bias') : undefined);
  const { output, window } = planeSizes(c, x);
  const [height, width] = window as [number, number];
  const patched = Array.from({ length: height * width }, (_, i) => {
    const cells = { from: [Math.floor(i / width), i % width], every: window, count: output };
    return patches(graph, rows, sizes, cells, use_bias);
  });
  const planes = patched.map((value) => graph.op('MatMul', [matrix, value]));
  return { planes, saved: numbered('patches', patched) };
}

function gradientsOfPatches(
  graph: GraphBuilder,
  { convolution: c }: PooledConvolutionConfig,
  x: Value,
  patched: readonly string[],
  spread: readonly string[],
): { kernel: string; bias?: string } {
  const products = patched.map((value, i) =>
    graph.op('MatMul', [value, graph.op('Transpose', [spread[i] as string], { perm: [1, 0] })]),
  );
  return tapGradients(graph, summed(graph, products), convolutionSizes(c, x, c.filters), c.use_bias);
}

function planesOfCells(
  context: TrainContext,
  c: PooledConvolutionConfig,
  x: Value,
): { planes: string[]; saved: Saved } {
  const { graph } = context;
  const trained = trainedConvolution(context, c.convolution, x);
  const cells = 'cells' in trained ? trained.cells : toCells(graph, trained.linear, c.convolution.data_format);
  const planes = cutIntoPlanes(graph, cells, planeSizes(c, x));
  return { planes, saved: 'rows' in trained ? { rows: trained.rows } : {} };
}

function gradientsOfCells(
  context: TrainContext,
  { convolution: c }: PooledConvolutionConfig,
  x: Value,
  rows: string | undefined,
  cells: string,
  needsInputGradient: boolean,
) {
  if (rows) return gradientsOfRows(context, c, x, rows, cells, needsInputGradient);
  const { name } = fromCells(context.graph, cells, convolutionShape(c, x.shape, c.filters), c.data_format);
  return gradientsOfImage(context, c, x, name, needsInputGradient);
}

function planeSizes({ convolution: c, pool }: PooledConvolutionConfig, x: Value): PlaneSizes {
  const convolved = convolutionShape(c, x.shape, c.filters);
  return {
    input: fixedSpatial(convolved, c.data_format),
    output: fixedSpatial(poolingShape(pool, convolved), c.data_format),
    window: pool.pool_size,
    channels: c.filters,
  };
}

/** Over all axes but the channels. */
function sumOfCells(graph: GraphBuilder, plane: string): string {
  return graph.op('ReduceSum', [plane, graph.ints([1, 2, 3, 4, 5])], { keepdims: 0 });
}

function numbered(prefix: string, values: readonly string[]): Saved {
  return Object.fromEntries(values.map((value, i) => [`${prefix}_${i}`, value]));
}

/** What {@link numbered} has named. */
function all(prefix: string, saved: Saved): string[] {
  return Object.entries(saved).flatMap(([key, value]) => (key.startsWith(`${prefix}_`) ? [value] : []));
}
