import { type ConvolutionConfig, convolution, convolutionShape } from '../convolution.ts';
import type { Value } from '../graph.ts';
import type { EmitContext } from '../layer.ts';
import { fromImage, toImage } from '../layout.ts';
import { convolutionSizes, groupedInputGradient, groupedKernelGradient } from './convolution.ts';
import { convolveRows, fitsRows, rowGradients } from './row-convolution.ts';

/** A convolution of two axes and its bias in training, and what its gradients want of it (nothing, where `rows` is absent). */
export function trainedConvolution(
  context: EmitContext,
  c: ConvolutionConfig,
  x: Value,
): { readonly linear: Value; readonly rows?: string } {
  const sizes = convolutionSizes(c, x, c.filters);
  if (c.groups > 1 || !fitsRows(sizes)) return { linear: convolution(context, c, x) };
  const { graph } = context;
  const weights = { kernel: context.weight('kernel'), bias: c.use_bias ? context.weight('bias') : undefined };
  const { output, rows } = convolveRows(graph, toImage(graph, x, c.data_format), weights, sizes);
  return { linear: fromImage(output, convolutionShape(c, x.shape, c.filters), c.data_format), rows };
}

/**
 * Its gradients: of the kernel in Keras's order, of the input where one is needed.
 * @param rows from {@link trainedConvolution}. @param gradient of its output: batch, channels, space
 */
export function convolutionGradients(
  context: EmitContext,
  c: ConvolutionConfig,
  x: Value,
  rows: string | undefined,
  gradient: string,
  needsInputGradient: boolean,
): { readonly kernel: string; readonly input?: Value } {
  const { graph } = context;
  const sizes = convolutionSizes(c, x, c.filters);
  const asInput = (image: string) => graph.toLayout(fromImage(image, x.shape, c.data_format), x.layout);
  if (rows) {
    const back = rowGradients(graph, rows, gradient, sizes, needsInputGradient ? context.weight('kernel') : undefined);
    return back.input ? { kernel: back.kernel, input: asInput(back.input) } : { kernel: back.kernel };
  }
  const kernel = groupedKernelGradient(graph, toImage(graph, x, c.data_format), gradient, sizes, c.groups);
  if (!needsInputGradient) return { kernel };
  return { kernel, input: asInput(groupedInputGradient(graph, gradient, context.weight('kernel'), sizes, c.groups)) };
}
