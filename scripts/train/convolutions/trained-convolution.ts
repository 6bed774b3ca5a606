import type { EmitContext } from '#convert';
import { type ConvolutionConfig, convolution } from '#convert';
import type { Value } from '#onnx';
import { fromImage, toImage } from '#onnx';
import { fromCells, toCells } from './cells.ts';
import { convolutionSizes, groupedInputGradient, groupedKernelGradient } from './convolution.ts';
import { convolveRows, fitsRows, rowGradients } from './row-convolution.ts';

/** What a convolution of two axes and its bias answer in training: cells, and the rows that its gradients want, or a value. */
export type TrainedConvolution = { readonly cells: string; readonly rows: string } | { readonly linear: Value };

/** Gradients: of the kernel in Keras's order, of the input where one is needed. */
export interface ConvolutionGradients {
  readonly kernel: string;
  readonly input?: Value;
}

export function trainedConvolution(context: EmitContext, c: ConvolutionConfig, x: Value): TrainedConvolution {
  const sizes = convolutionSizes(c, x, c.filters);
  if (c.groups > 1 || !fitsRows(sizes)) return { linear: convolution(context, c, x) };
  const { graph } = context;
  const weights = { kernel: context.weight('kernel'), bias: c.use_bias ? context.weight('bias') : undefined };
  return convolveRows(graph, toCells(graph, x, c.data_format), weights, sizes);
}

/** @param rows from {@link trainedConvolution}. @param gradient of its cells */
export function gradientsOfRows(
  context: EmitContext,
  c: ConvolutionConfig,
  x: Value,
  rows: string,
  gradient: string,
  needsInputGradient: boolean,
): ConvolutionGradients {
  const sizes = convolutionSizes(c, x, c.filters);
  const weight = needsInputGradient ? context.weight('kernel') : undefined;
  const { kernel, input } = rowGradients(context.graph, rows, gradient, sizes, weight);
  if (!input) return { kernel };
  const value = fromCells(context.graph, input, x.shape, c.data_format);
  return { kernel, input: context.graph.toLayout(value, x.layout) };
}

/** @param gradient of the value from {@link trainedConvolution}: batch, channels, space */
export function gradientsOfImage(
  { graph, weight }: EmitContext,
  c: ConvolutionConfig,
  x: Value,
  gradient: string,
  needsInputGradient: boolean,
): ConvolutionGradients {
  const sizes = convolutionSizes(c, x, c.filters);
  const kernel = groupedKernelGradient(graph, toImage(graph, x, c.data_format), gradient, sizes, c.groups);
  if (!needsInputGradient) return { kernel };
  const image = groupedInputGradient(graph, gradient, weight('kernel'), sizes, c.groups);
  return { kernel, input: graph.toLayout(fromImage(image, x.shape, c.data_format), x.layout) };
}
