import * as z from 'zod';
import { modeOf, type Quantization, quantizationOf, type WeightSpec } from '#keras';
import { DATATYPE_NUMBERS, type Value } from '#onnx';
import type { EmitContext } from './layer.ts';

/** The option `quantized` of a layer that `model.quantize` knows: to be joined to its own with `z.intersection`. */
export const quantizedOption = z.looseObject({}).transform((config, context): { quantized?: Quantization } => {
  if (modeOf(config.dtype) === undefined) return {};
  try {
    const quantized = quantizationOf(config);
    return quantized ? { quantized } : {};
  } catch (error) {
    context.addIssue({
      code: 'custom',
      path: ['dtype'],
      message: error instanceof Error ? error.message : String(error),
    });
    return z.NEVER;
  }
});

/** float8 layers round what they are given in units of a scale that training found. */
export function scaleOfInputs(quantized: Quantization | undefined): WeightSpec[] {
  if (quantized?.mode !== 'float8') return [];
  return [{ name: 'inputs_scale', shape: [], trainable: false, initializer: 'ones' }];
}

/** ONNX's number for float8 e4m3fn, and its largest number. */
const FLOAT8 = 17;
const LARGEST = 448;

/**
 * What a quantized layer computes with: its input rounded as Keras rounds it at each call. The kernel is in floats again.
 * @param axes along which numbers share a scale: those that are summed over
 */
export function roundedInput(
  { graph, weight }: EmitContext,
  by: Quantization,
  x: Value,
  axes: readonly number[],
): Value {
  if (by.mode === 'float8') {
    const scale = weight('inputs_scale');
    const limits = [graph.float(-LARGEST), graph.float(LARGEST)];
    const small = graph.op('Cast', [graph.op('Clip', [graph.op('Div', [x.name, scale]), ...limits])], { to: FLOAT8 });
    const wide = graph.op('Cast', [small], { to: DATATYPE_NUMBERS.float32 });
    return { ...x, name: graph.op('Mul', [wide, scale]) };
  }
  if (!by.activations) return x;
  const { least, most, epsilon } = by.activations;
  const largest = graph.op('ReduceMax', [graph.op('Abs', [x.name]), graph.ints(axes)], { keepdims: 1 });
  const scale = graph.op('Div', [graph.float(most), graph.op('Add', [largest, graph.float(epsilon)])]);
  const whole = graph.op('Round', [graph.op('Mul', [x.name, scale])]);
  const kept = graph.op('Clip', [whole, graph.float(least), graph.float(most)]);
  return { ...x, name: graph.op('Div', [kept, scale]) };
}
