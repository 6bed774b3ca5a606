import type { Shape } from '#keras';
import type { Attribute } from './graph.ts';

/** `causal` pads in front alone, so that no answer looks ahead; Keras knows it for one spatial axis. */
export type Padding = 'valid' | 'same' | 'causal';

/** A window that slides over the spatial axes: a convolution's kernel or a pool. One entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilation?: readonly number[];
  readonly padding: Padding;
}

/** The span of a kernel with holes. */
export function effectiveKernel(kernel: number, dilation = 1): number {
  return (kernel - 1) * dilation + 1;
}

/** Output sizes as TensorFlow defines them; a free axis (`null`) stays free. */
export function windowOutput(sizes: Shape, window: Window): Shape {
  return sizes.map((size, i) => {
    if (size === null) return null;
    const stride = window.strides[i] as number;
    if (window.padding !== 'valid') return Math.ceil(size / stride);
    return Math.ceil((size - effectiveKernel(window.kernel[i] as number, window.dilation?.[i]) + 1) / stride);
  });
}

/**
 * TensorFlow's padding of one axis: `[before, after]`, where an odd total puts the extra cell *after*
 * (https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2). PyTorch, and ONNX written by hand, pad evenly.
 */
export function axisPadding(
  size: number | null,
  kernel: number,
  stride: number,
  dilation = 1,
): readonly [before: number, after: number] | undefined {
  const span = effectiveKernel(kernel, dilation);
  if (span === 1) return [0, 0];
  if (size === null && stride > 1) return undefined;
  const total = size === null ? span - 1 : Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** `pads` as ONNX writes them (all begins, then all ends), or `undefined` where they depend on a free axis. */
export function windowPads(sizes: Shape, window: Window): number[] | undefined {
  if (window.padding === 'valid') return sizes.flatMap(() => [0, 0]);
  const pairs = sizes.map((size, i) => {
    const [kernel, dilation] = [window.kernel[i] as number, window.dilation?.[i]];
    if (window.padding === 'causal') return [effectiveKernel(kernel, dilation) - 1, 0] as const;
    return axisPadding(size, kernel, window.strides[i] as number, dilation);
  });
  const known = pairs.filter((pair) => pair !== undefined);
  if (known.length < pairs.length) return undefined;
  return [...known.map(([before]) => before), ...known.map(([, after]) => after)];
}

/** Attributes of ONNX's Conv, MaxPool and AveragePool for this window over axes of these sizes. */
export function windowAttributes(sizes: Shape, window: Window): Record<string, Attribute> {
  const pads = windowPads(sizes, window);
  const attributes: Record<string, Attribute> = { kernel_shape: window.kernel, strides: window.strides };
  if (window.dilation?.some((d) => d > 1)) attributes.dilations = window.dilation;
  // SAME_UPPER is TensorFlow's rule, worked out when the size is known: at run time.
  if (!pads) attributes.auto_pad = 'SAME_UPPER';
  else if (pads.some((pad) => pad > 0)) attributes.pads = pads;
  return attributes;
}

/**
 * The same for MaxPool, with padding named by rule instead of in numbers. onnxruntime (up to 1.30) makes a Pad of zeros
 * before a MaxPool part of its pads, which count as minus infinity: where all of a window is negative, the answer changes.
 * It leaves pools alone that name a rule. But by that rule it cannot run where a stride beyond the pool leaves cells out:
 * there the padding is in numbers again.
 */
export function maxPoolAttributes(sizes: Shape, window: Window): Record<string, Attribute> {
  const { pads, ...attributes } = windowAttributes(sizes, window);
  const none = window.padding === 'valid' || windowPads(sizes, window)?.every((pad) => pad === 0);
  if (none) return { ...attributes, auto_pad: 'VALID' };
  return pads && leavesCellsOut(sizes, window) ? { ...attributes, pads } : { ...attributes, auto_pad: 'SAME_UPPER' };
}

function leavesCellsOut(sizes: Shape, { kernel, strides }: Window): boolean {
  return sizes.some((size, i) => {
    const stride = strides[i] as number;
    return size !== null && (Math.ceil(size / stride) - 1) * stride + (kernel[i] as number) < size;
  });
}
