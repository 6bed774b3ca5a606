import {
  activate,
  type ConvolutionConfig,
  convolutionShape,
  type DepthwiseConfig,
  depthwise,
  pointwise,
  type SeparableConfig,
  single,
} from '#convert';
import { channelsOf, fromImage, toImage } from '#onnx';
import { fromCells, toCells } from '../convolutions/cells.ts';
import {
  biasGradient,
  convolutionSizes,
  depthwiseKernelGradient,
  inputGradient,
  kernelGradient,
} from '../convolutions/convolution.ts';
import { gradientsOfImage, gradientsOfRows, trainedConvolution } from '../convolutions/trained-convolution.ts';
import { activationGradient } from './activations.ts';
import { defineRule } from './rule.ts';

export const conv2d = defineRule<ConvolutionConfig>({
  forward: (context, c, inputs) => {
    const { graph } = context;
    const x = single(inputs);
    const trained = trainedConvolution(context, c, x);
    const shape = convolutionShape(c, x.shape, c.filters);
    const linear = 'linear' in trained ? trained.linear : fromCells(graph, trained.cells, shape, c.data_format);
    const rows = 'rows' in trained ? { rows: trained.rows } : {};
    return { output: activate(graph, linear, c.activation), saved: { linear: linear.name, ...rows } };
  },
  backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const x = single(inputs);
    const { rows } = saved;
    const pass = { input: saved.linear as string, output };
    const back = activationGradient(graph, c.activation, pass, gradient);
    const image = toImage(graph, back, c.data_format);
    const { kernel, input } = rows
      ? gradientsOfRows(context, c, x, rows, toCells(graph, back, c.data_format), needsInputGradient)
      : gradientsOfImage(context, c, x, image, needsInputGradient);
    const weights = c.use_bias ? { kernel, bias: biasGradient(graph, image) } : { kernel };
    return { inputs: input ? [input] : [], weights };
  },
});

export const depthwiseConv2d = defineRule<DepthwiseConfig>({
  forward: (context, c, inputs) => {
    const bias = c.use_bias ? context.weight('bias') : undefined;
    const linear = depthwise(context, c, single(inputs), bias);
    return { output: activate(context.graph, linear, c.activation), saved: { linear: linear.name } };
  },
  backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const x = single(inputs);
    const pass = { input: saved.linear as string, output };
    const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
    const channels = channelsOf(x.shape, c.data_format);
    const sizes = convolutionSizes(c, x, channels * c.depth_multiplier);
    const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), image, sizes);
    const weights = c.use_bias ? { depthwise_kernel, bias: biasGradient(graph, image) } : { depthwise_kernel };
    if (!needsInputGradient) return { inputs: [], weights };
    const back = inputGradient(graph, image, context.weight('depthwise_kernel'), sizes, channels);
    return { inputs: [graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout)], weights };
  },
});

export const separableConv2d = defineRule<SeparableConfig>({
  forward: (context, c, inputs) => {
    const middle = depthwise(context, c, single(inputs));
    const linear = pointwise(context, c, middle);
    const output = activate(context.graph, linear, c.activation);
    return { output, saved: { middle: toImage(context.graph, middle, c.data_format), linear: linear.name } };
  },
  backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const x = single(inputs);
    const pass = { input: saved.linear as string, output };
    const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
    const channels = channelsOf(x.shape, c.data_format);
    const sizes = convolutionSizes(c, x, channels * c.depth_multiplier);
    const point = { window: { kernel: [1, 1], strides: [1, 1], padding: 'valid' }, input: sizes.output } as const;
    const mixing = { ...sizes, ...point, channelsIn: sizes.channelsOut, channelsOut: c.filters };
    const pointwise_kernel = kernelGradient(graph, saved.middle as string, image, mixing);
    const between = inputGradient(graph, image, context.weight('pointwise_kernel'), mixing);
    const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), between, sizes);
    const kernels = { depthwise_kernel, pointwise_kernel };
    const weights = c.use_bias ? { ...kernels, bias: biasGradient(graph, image) } : kernels;
    if (!needsInputGradient) return { inputs: [], weights };
    const back = inputGradient(graph, between, context.weight('depthwise_kernel'), sizes, channels);
    return { inputs: [graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout)], weights };
  },
});
