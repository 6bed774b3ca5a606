import { asKeras, type Value } from '#onnx';
import { type Operands, tensorOf } from './operand.ts';
import type { Tensors } from './tensors.ts';

/**
 * A function on tensors that a model calls without a layer: `x * 2.0`, `keras.ops.mean(x)`, `tf.nn.relu(x)`. Keras 3 writes
 * it as an operation, Keras 2 as a `TFOpLambda`.
 */
export interface OperatorDefinition {
  /** Keras 3's class names. */
  readonly keras: readonly string[];
  /** TensorFlow's names, as a `TFOpLambda` writes its `function`. */
  readonly tensorflow: readonly string[];
  /** In the order of the call, each in all its spellings: `x|input_tensor`. The first is the operand's name. */
  readonly parameters: readonly string[];
  /** What its constants do to a picture where a model begins with it, as `preprocess_input` does. */
  readonly scales?: 'adds' | 'subtracts' | 'multiplies' | 'divides';
  /** Answers the result; several where the function does. */
  emit(to: Tensors, operands: Operands): Value | readonly Value[];
}

type EmitOn = (to: Tensors, x: Value, operands: Operands) => Value | readonly Value[];

/** An operator on any operands. */
export function operator(
  keras: readonly string[],
  tensorflow: readonly string[],
  parameters: readonly string[],
  emit: OperatorDefinition['emit'],
): OperatorDefinition {
  return { keras, tensorflow, parameters, emit };
}

/** An operator on one tensor, the first of its parameters. Other operands are read where they are used. */
export function onTensor(
  keras: readonly string[],
  tensorflow: readonly string[],
  parameters: readonly string[],
  emit: EmitOn,
): OperatorDefinition {
  const where = `the operand of ${keras[0] ?? tensorflow[0]}`;
  const [first = ''] = (parameters[0] ?? '').split('|');
  return operator(keras, tensorflow, parameters, (to, operands) =>
    emit(to, tensorOf(to.graph, operands[first], where), operands),
  );
}

/** The same on a tensor in Keras's own memory order. */
export function onKerasOrder(
  ...[keras, tensorflow, parameters, emit]: Parameters<typeof onTensor>
): OperatorDefinition {
  return onTensor(keras, tensorflow, parameters, (to, x, operands) => emit(to, asKeras(to.graph, x), operands));
}

/** The same on a tensor of floats. */
export function onFloats(...[keras, tensorflow, parameters, emit]: Parameters<typeof onTensor>): OperatorDefinition {
  return onTensor(keras, tensorflow, parameters, (to, x, operands) => emit(to, to.cast(x, 'float32'), operands));
}
