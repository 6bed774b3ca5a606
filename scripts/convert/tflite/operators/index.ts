import type { LiteConverter } from '../emission.ts';
import { ACTIVATIONS } from './activation.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { JOINING } from './joining.ts';
import { PICTURES } from './picture.ts';
import { POOLING } from './pooling.ts';
import { SHAPES } from './shape.ts';

/** Every operator of TensorFlow Lite that can be written in ONNX. To add one: here, in `reference/tflite/operators.ts`, and a case in the tests. */
export const LITE_OPERATORS: readonly LiteConverter[] = [
  ...ACTIVATIONS,
  ...ARITHMETIC,
  ...CONVOLUTIONS,
  ...JOINING,
  ...PICTURES,
  ...POOLING,
  ...SHAPES,
];

const byName = new Map(LITE_OPERATORS.flatMap((converter) => converter.ops.map((op) => [op, converter])));

export function findOperator(op: string): LiteConverter | undefined {
  return byName.get(op);
}

/** Their names, sorted. */
export const OPERATOR_NAMES: readonly string[] = [...byName.keys()].sort();
