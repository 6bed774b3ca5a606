import { z } from 'zod';
import type { GraphBuilder, Value } from '#onnx';
import { asKeras, fixed } from '#onnx';
import { activate, activatedShape, activation, activationGradient } from '../activations/index.ts';
import { defineLayer, type EmitContext, single } from '../layer.ts';
import { flag, initializer } from '../options.ts';

const config = z.object({
  units: z.number().int().positive(),
  use_bias: flag(true),
  activation,
  kernel_initializer: initializer('glorot_uniform'),
  bias_initializer: initializer('zeros'),
});

type Config = z.output<typeof config>;

/** A matrix product over the last axis, a bias and an activation. */
export const dense = defineLayer<Config>({
  className: 'Dense',
  mask: 'keep',
  linear: { kernel: 'kernel' },
  config,
  weights: (c, inputs) => [
    {
      name: 'kernel',
      shape: [fixed(single(inputs), -1), c.units],
      trainable: true,
      initializer: c.kernel_initializer,
    },
    ...(c.use_bias ? [{ name: 'bias', shape: [c.units], trainable: true, initializer: c.bias_initializer }] : []),
  ],
  outputShape: (c, inputs) => activatedShape([...single(inputs).slice(0, -1), c.units], c.activation),
  emit: (context, c, inputs) => activate(context.graph, affine(context, c, single(inputs)), c.activation),
  training: {
    forward: (context, c, inputs) => {
      const linear = affine(context, c, single(inputs));
      return { output: activate(context.graph, linear, c.activation), saved: { linear: linear.name } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = asKeras(graph, single(inputs));
      const pass = { input: saved.linear as string, output };
      const rows = asRows(graph, activationGradient(graph, c.activation, pass, gradient));
      const kernel = graph.op('Gemm', [asRows(graph, x), rows], { transA: 1 });
      const sum = () => graph.op('ReduceSum', [rows, graph.ints([0])], { keepdims: 0 });
      const weights = c.use_bias ? { kernel, bias: sum() } : { kernel };
      if (!needsInputGradient) return { inputs: [], weights };
      const flat = graph.op('Gemm', [rows, context.weight('kernel')], { transB: 1 });
      const name = x.shape.length === 2 ? flat : graph.op('Reshape', [flat, graph.op('Shape', [x.name])]);
      return { inputs: [graph.toLayout({ ...x, name }, single(inputs).layout)], weights };
    },
  },
});

/** The product and its bias, before the activation. */
export function affine(context: EmitContext, c: Config, input: Value): Value {
  const { graph } = context;
  const x = asKeras(graph, input);
  const shape = [...x.shape.slice(0, -1), c.units];
  const kernel = context.weight('kernel');
  if (x.shape.length === 2) {
    const operands = c.use_bias ? [x.name, kernel, context.weight('bias')] : [x.name, kernel];
    return { ...x, name: graph.op('Gemm', operands), shape };
  }
  const product = graph.op('MatMul', [x.name, kernel]);
  return { ...x, name: c.use_bias ? graph.op('Add', [product, context.weight('bias')]) : product, shape };
}

/** All but the last axis as one. */
function asRows(graph: GraphBuilder, value: Value): string {
  return value.shape.length === 2
    ? value.name
    : graph.op('Reshape', [value.name, graph.ints([-1, fixed(value.shape, -1)])]);
}
