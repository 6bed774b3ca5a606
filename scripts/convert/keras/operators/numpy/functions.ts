import type { Value } from '#onnx';
import type { Operands } from '../operand.ts';
import { type OperatorDefinition, onFloats, onKerasOrder } from '../operator.ts';
import type { Tensors } from '../tensors.ts';

export type One = (to: Tensors, x: Value) => Value;
export type Two = (to: Tensors, a: Value, b: Value) => Value;

/** A function of each number. */
export function one(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: One,
  integers = false,
): OperatorDefinition {
  const on = integers ? onKerasOrder : onFloats;
  return on(keras, tensorflow, ['x|features|input|a|p'], (to, x) => write(to, to.of(x, '')));
}

/** A function of two numbers. */
export function two(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: Two,
  integers = false,
  names = ['x1|x|a', 'x2|y|b'],
) {
  const [first = '', second = ''] = names.map((spellings) => spellings.split('|')[0] as string);
  return {
    keras,
    tensorflow,
    parameters: names,
    emit: (to: Tensors, operands: Operands) => {
      const where = `an operand of ${keras[0] ?? tensorflow[0]}`;
      const [a, b] = [operands[first], operands[second]].map((operand) =>
        integers ? to.of(operand, where) : to.floats(operand, where),
      );
      return write(to, a as Value, b as Value);
    },
  } satisfies OperatorDefinition;
}

export const isNan: One = (to, x) => ({ ...to.unary('IsNaN', x), datatype: 'bool' });
export const isInfinite =
  (attributes = {}): One =>
  (to, x) => ({ ...to.unary('IsInf', x, attributes), datatype: 'bool' });
export const either: Two = (to, a, b) => to.binary('Or', a, b);

export const power2 = (to: Tensors, x: Value) => to.binary('Pow', 2, x);
