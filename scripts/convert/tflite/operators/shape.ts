import type { Operand } from '../../tensorflow/operand.ts';
import { integers, known, type LiteConverter, type LiteEmission, optionList } from '../emission.ts';

/** The shape is an input, or an option where that is left out. */
function reshaped(e: LiteEmission): Operand {
  const shape = e.inputs[1] ? e.input(1) : known(...optionList(e.operator, 'new_shape'));
  return e.tensorflow('Reshape', [e.input(0), shape]) as Operand;
}

export const SHAPES: readonly LiteConverter[] = [
  { ops: ['RESHAPE'], keeps: true, emit: reshaped },
  {
    ops: ['SQUEEZE'],
    keeps: true,
    emit: (e) =>
      e.tensorflow('Squeeze', [e.input(0)], { squeeze_dims: integers(optionList(e.operator, 'squeeze_dims')) }),
  },
];
