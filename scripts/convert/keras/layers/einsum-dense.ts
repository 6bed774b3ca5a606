import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import type { Value } from '#onnx';
import { activation } from '../activations/index.ts';
import { activated, type EmitContext, single, trained } from '../layer.ts';
import { einsum } from '../operators/products.ts';
import { initializer } from '../options.ts';
import { quantizedOption, roundedInput, scaleOfInputs } from '../quantized.ts';

const size = z.number().int().positive().nullable();
const options = z.object({
  equation: z.string().regex(/^[a-zA-Z.]+,[a-zA-Z.]+->[a-zA-Z.]+$/),
  output_shape: z.union([size.transform((one) => [one]), z.array(size)]),
  activation,
  bias_axes: z.string().nullish(),
  kernel_initializer: initializer('glorot_uniform'),
  bias_initializer: initializer('zeros'),
});
const config = z.intersection(options, quantizedOption);
type EinsumDenseConfig = z.output<typeof config>;

export const einsumDense = activated<EinsumDenseConfig>({
  className: 'EinsumDense',
  summary: 'A product written as an einsum equation, a bias along some of its axes and an activation.',
  config,
  quantizes: true,
  weights: (c, inputs) => {
    const { kernel, bias } = shapesOf(c, single(inputs));
    const specs: WeightSpec[] = [trained('kernel', kernel, c.kernel_initializer)];
    const biases = bias ? [trained('bias', bias, c.bias_initializer)] : [];
    return [...specs, ...biases, ...scaleOfInputs(c.quantized)];
  },
  outputShape: (c, inputs) => shapesOf(c, single(inputs)).output,
  emit: (context, c, inputs) => einsumDenseOf(context, c, single(inputs)),
});

function einsumDenseOf(context: EmitContext, c: EinsumDenseConfig, given: Value): Value {
  const { graph } = context;
  const x = c.quantized ? roundedInput(context, c.quantized, given, summedAxes(c.equation, given.shape.length)) : given;
  const { kernel: kernelShape, output } = shapesOf(c, x.shape);
  const kernel: Value = {
    name: context.weight('kernel'),
    shape: kernelShape,
    datatype: 'float32',
    layout: 'channels-last',
  };
  const product = { ...einsum(graph, c.equation, [x, kernel]), shape: output };
  if (!c.bias_axes) return product;
  const name = graph.op('Add', [product.name, context.weight('bias')]);
  return { ...product, name };
}

/** The input's axes that the output has not. */
function summedAxes(equation: string, rank: number): number[] {
  const [, left = '', right = ''] = equation.match(/^(.+),.+->(.+)$/) ?? [];
  const free = rank - left.replace('...', '').length;
  const wide = left.replace('...', Array.from({ length: free }, (_, i) => String(i)).join(''));
  return [...wide].flatMap((letter, axis) => (/\d/.test(letter) || right.includes(letter) ? [] : [axis]));
}

/** What Keras works out from the equation (`_analyze_einsum_string`): kernel, bias (with axes of 1 behind) and output. */
function shapesOf(c: EinsumDenseConfig, input: Shape): { kernel: number[]; bias: number[] | undefined; output: Shape } {
  const [, left = '', weight = '', right = ''] = c.equation.match(/^(.+),(.+)->(.+)$/) ?? [];
  const free = input.length - left.replace('...', '').length;
  const wide = (term: string) => term.replace('...', Array.from({ length: free }, (_, i) => String(i)).join(''));
  const [from, to] = [wide(left), wide(right)];
  const given = new Map([...from].map((letter, i) => [letter, input[i] ?? null]));
  // The config's shape leaves the batch out, and is of the last axes where the equation has `...`.
  const stated = [...c.output_shape];
  const output = [...to].map((letter, i): number | null => {
    const size = stated[i - to.length + stated.length];
    return size === undefined || size === null ? (given.get(letter) ?? null) : size;
  });
  const sizes = new Map([...given, ...[...to].map((letter, i) => [letter, output[i] ?? null] as const)]);
  const fixed = (letter: string): number => {
    const size = given.get(letter) ?? sizes.get(letter);
    if (typeof size === 'number') return size;
    throw new FreezeframeError('bad-topology', expected(`a size for ${letter}`, c.equation, input));
  };
  const axes = c.bias_axes ? [...c.bias_axes] : [];
  const first = axes.length > 0 ? Math.min(...axes.map((letter) => to.indexOf(letter))) : 0;
  const bias =
    axes.length > 0 ? [...to].slice(first).map((letter) => (axes.includes(letter) ? fixed(letter) : 1)) : undefined;
  return { kernel: [...weight].map(fixed), bias, output };
}
