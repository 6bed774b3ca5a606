import * as z from 'zod';
import { asKeras, fixed, type Value } from '#onnx';
import { activation } from '../activations/index.ts';
import { activated, type EmitContext, single, trained } from '../layer.ts';
import { flag, initializer } from '../options.ts';
import { quantizedOption, roundedInput, scaleOfInputs } from '../quantized.ts';

const options = z.object({
  units: z.number().int().positive(),
  use_bias: flag(true),
  activation,
  kernel_initializer: initializer('glorot_uniform'),
  bias_initializer: initializer('zeros'),
});

const config = z.intersection(options, quantizedOption);

export type DenseConfig = z.output<typeof config>;

export const dense = activated<DenseConfig>({
  className: 'Dense',
  summary: 'A matrix product over the last axis, a bias and an activation.',
  mask: 'keep',
  linear: { kernel: 'kernel' },
  quantizes: true,
  config,
  weights: (c, inputs) => [
    trained('kernel', [fixed(single(inputs), -1), c.units], c.kernel_initializer),
    ...(c.use_bias ? [trained('bias', [c.units], c.bias_initializer)] : []),
    ...scaleOfInputs(c.quantized),
  ],
  outputShape: (c, inputs) => [...single(inputs).slice(0, -1), c.units],
  emit: (context, c, inputs) => affine(context, c, single(inputs)),
});

/** The product and its bias, before the activation. */
export function affine(context: EmitContext, c: DenseConfig, input: Value): Value {
  const { graph } = context;
  const given = asKeras(graph, input);
  const x = c.quantized ? roundedInput(context, c.quantized, given, [-1]) : given;
  const shape = [...x.shape.slice(0, -1), c.units];
  const kernel = context.weight('kernel');
  if (x.shape.length === 2) {
    const operands = c.use_bias ? [x.name, kernel, context.weight('bias')] : [x.name, kernel];
    return { ...x, name: graph.op('Gemm', operands), shape };
  }
  const product = graph.op('MatMul', [x.name, kernel]);
  return { ...x, name: c.use_bias ? graph.op('Add', [product, context.weight('bias')]) : product, shape };
}
