import type { OperatorConverter } from '../operand.ts';
import { ACTIVATIONS } from './activation.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { BATCHES } from './batch.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { JOINING } from './joining.ts';
import { PICTURES } from './picture.ts';
import { POOLING } from './pooling.ts';
import { SHAPES } from './shape.ts';

/** Every operator of TensorFlow that can be written in ONNX. To add one: here, in `reference/tensorflow/operators.ts`, and a case in the tests. */
const OPERATORS: readonly OperatorConverter[] = [
  ...ACTIVATIONS,
  ...ARITHMETIC,
  ...BATCHES,
  ...CONVOLUTIONS,
  ...JOINING,
  ...PICTURES,
  ...POOLING,
  ...SHAPES,
];

const byName = new Map(OPERATORS.flatMap((converter) => converter.ops.map((op) => [op, converter])));

export function findOperator(op: string): OperatorConverter | undefined {
  return byName.get(op);
}

/** Their names, sorted. */
export const OPERATOR_NAMES: readonly string[] = [...byName.keys()].sort();
