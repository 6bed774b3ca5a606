import * as z from 'zod';
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
import { indicator, positive } from '../gradients/elementwise.ts';
import { allOf, numbered, type Saved, type TrainContext } from '../gradients/rule.ts';
import { fromCells, toCells } from './cells.ts';
import { compare, cutIntoPlanes, joinPlanes, type PlaneSizes, planeDims, winners } from './pool-planes.ts';
import { fixedSpatial } from './sizes.ts';
import type { Way } from './way.ts';

/** A convolution with ReLU (or nothing) and the pool behind it, trained as one. */
export interface PooledConvolutionConfig {
  readonly convolution: ConvolutionConfig;
  readonly pool: PoolingConfig;
}

/** Whether the pair can be trained as one: windows of the pool that neither overlap nor need padding. */
export function canPool(convolution: ConvolutionConfig, pool: PoolingConfig): boolean {
  return (
    ['relu', 'linear'].includes(convolution.activation.name) &&
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
    return c.convolution.activation.name === 'relu'
      ? { ...pooled, name: context.graph.op('Relu', [pooled.name]) }
      : pooled;
  },
};

/** One way to make the planes that the pool compares, one for each cell of its window. */
export interface PlaneWay {
  readonly fits: Way<PooledConvolutionConfig>['fits'];
  /** Of one plane, as Reshape takes them. */
  dims(sizes: PlaneSizes): number[];
  cut(
    context: TrainContext,
    config: PooledConvolutionConfig,
    x: Value,
    sizes: PlaneSizes,
  ): { planes: readonly string[]; saved: Saved };
  /** @param gradient of the pool before its window is looked at, for who asks, and of each plane */
  gradients(
    context: TrainContext,
    config: PooledConvolutionConfig,
    pass: { readonly x: Value; readonly saved: Saved; readonly sizes: PlaneSizes },
    gradient: { readonly pooled: () => string; readonly planes: readonly string[] },
    needsInputGradient: boolean,
  ): { weights: Readonly<Record<string, string>>; input?: Value };
}

export function pooled(way: PlaneWay): Way<PooledConvolutionConfig> {
  return {
    fits: way.fits,
    forward: (context, c, x) => {
      const { graph } = context;
      const sizes = planeSizes(c, x);
      const { planes, saved } = way.cut(context, c, x, sizes);
      const compared = compare(graph, planes);
      const largest = compared.at(-1) as string;
      const answer = c.convolution.activation.name === 'relu' ? graph.op('Relu', [largest]) : largest;
      const cells = graph.op('Reshape', [answer, graph.ints([sizes.channels, ...sizes.output, -1])]);
      return {
        output: fromCells(graph, cells, pooledConvolution.outputShape(c, [x.shape]), c.convolution.data_format),
        saved: { ...saved, ...numbered('compared', compared), answer },
      };
    },
    backward: (context, c, { x, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const sizes = planeSizes(c, x);
      const cells = toCells(graph, gradient, c.convolution.data_format);
      const plane = graph.op('Reshape', [cells, graph.ints(way.dims(sizes))]);
      const answered = c.convolution.activation.name === 'relu' ? positive(graph, saved.answer as string) : undefined;
      const count = sizes.window.reduce((a, b) => a * b, 1);
      const where = winners(graph, allOf('compared', saved), count, answered);
      const only = (mask: string | undefined) => (mask ? graph.op('Mul', [plane, indicator(graph, mask)]) : plane);
      const gradients = { pooled: () => only(answered), planes: where.map(only) };
      return way.gradients(context, c, { x, saved, sizes }, gradients, needsInputGradient);
    },
  };
}

/** The answer of any other way, cut: for a convolution behind another one. */
export function planesOfCells(way: Way<ConvolutionConfig>): PlaneWay {
  return {
    fits: ({ convolution }, x, needsInputGradient) => way.fits(convolution, x, needsInputGradient),
    dims: planeDims,
    cut: (context, { convolution: c }, x, sizes) => {
      const { output, saved } = way.forward(context, c, x);
      return { planes: cutIntoPlanes(context.graph, toCells(context.graph, output, c.data_format), sizes), saved };
    },
    gradients: (context, { convolution: c }, { x, saved, sizes }, { pooled, planes }, needsInputGradient) => {
      const { graph } = context;
      const shape = convolutionShape(c, x.shape, c.filters);
      // Over the pool's answer a bias costs a quarter of what it costs over the convolution's.
      const bias = c.use_bias ? { bias: sumOfCells(graph, pooled()) } : {};
      const gradient = fromCells(graph, joinPlanes(graph, planes, sizes), shape, c.data_format);
      const { weights, input } = way.backward(context, c, { x, saved }, gradient, needsInputGradient);
      return { weights: { ...weights, ...bias }, ...(input ? { input } : {}) };
    },
  };
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
