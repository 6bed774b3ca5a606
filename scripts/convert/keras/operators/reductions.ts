import type { Datatype, Value } from '#onnx';
import { axisOf, badCall, integers, type Operand, omitted, positiveAxis, tensorOf } from './operand.ts';
import { type OperatorDefinition, onKerasOrder } from './operator.ts';
import type { Tensors } from './tensors.ts';

/** What Keras 3 may say besides. */
const more: Readonly<Record<string, readonly string[]>> = {
  ReduceMax: ['initial'],
  ReduceMin: ['initial'],
  ReduceProd: ['dtype'],
};

/** An operator that takes axes together, given as one, a list or none (all of them). */
function reduction(
  keras: readonly string[],
  tensorflow: readonly string[],
  type: string | ((to: Tensors, x: Value, axes: string, keepdims: number) => string),
  at: Datatype = 'float32',
): OperatorDefinition {
  const where = `the operand of ${keras[0] ?? tensorflow[0]}`;
  return onKerasOrder(
    keras,
    tensorflow,
    ['x|input_tensor', 'axis', 'keepdims|keep_dims', ...(more[type as string] ?? [])],
    (to, given, { axis, keepdims, initial, dtype }) => {
      // Keras 3.15 on TensorFlow forgets it.
      if (dtype !== undefined && dtype !== null) throw badCall('None', `dtype of ${keras[0] ?? tensorflow[0]}`, dtype);
      if (initial !== undefined && initial !== null)
        throw badCall('None', `initial of ${keras[0] ?? tensorflow[0]}`, initial);
      const value = at === 'float32' ? to.cast(given, at) : given.datatype === 'bool' ? to.cast(given, at) : given;
      const axes = axesOf(axis, value.shape.length, where);
      const keep = keepdims === true;
      const list = to.graph.ints(axes);
      const name =
        typeof type === 'string'
          ? to.graph.op(type, [value.name, list], { keepdims: keep ? 1 : 0 })
          : type(to, value, list, keep ? 1 : 0);
      const shape = value.shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [1] : []) : [size]));
      return { ...value, name, shape };
    },
  );
}

function axesOf(operand: Operand, rank: number, where: string): number[] {
  if (omitted(operand)) return Array.from({ length: rank }, (_, i) => i);
  return integers(operand, `the axes of ${where}`).map((axis) => positiveAxis(axis, rank, where));
}

function variance(to: Tensors, x: Value, axes: string, keepdims: number): string {
  const mean = to.graph.op('ReduceMean', [x.name, axes], { keepdims: 1 });
  const difference = to.graph.op('Sub', [x.name, mean]);
  return to.graph.op('ReduceMean', [to.graph.op('Mul', [difference, difference]), axes], { keepdims });
}

/** TensorFlow's mean of integers is an integer: what is behind the point is cut off. */
function tensorflowMean(mean: OperatorDefinition): OperatorDefinition {
  return {
    ...mean,
    emit: (to, operands) => {
      const { datatype } = tensorOf(to.graph, operands.x, 'the operand of reduce_mean');
      const answer = mean.emit(to, operands) as Value;
      return datatype === 'float32' ? answer : to.cast(answer, datatype);
    },
  };
}

/** Whether any, or all, along the axes are true. */
function truth(keras: string, tensorflow: readonly string[], type: 'ReduceMax' | 'ReduceMin'): OperatorDefinition {
  const numbers = reduction([keras], tensorflow, type, 'int32');
  return {
    ...numbers,
    emit: (to, operands) => {
      const value = to.cast(tensorOf(to.graph, operands.x, `the operand of ${keras}`), 'bool');
      const answer = numbers.emit(to, { ...operands, x: to.cast(value, 'int32') }) as Value;
      return to.cast(answer, 'bool');
    },
  };
}

/** The place of the largest or smallest along one axis. */
function place(keras: readonly string[], tensorflow: readonly string[], type: 'ArgMax' | 'ArgMin'): OperatorDefinition {
  return onKerasOrder(
    keras,
    tensorflow,
    ['x|input', 'axis', 'keepdims|output_type'],
    (to, given, { axis, keepdims }) => {
      const none = omitted(axis);
      // Keras counts through all places, TensorFlow along the first axis.
      const all = none && keras.length > 0;
      if (all && keepdims === true) throw badCall('an axis', `${type} with keepdims`, axis);
      const value = all ? to.flat(given) : given;
      const along = none ? 0 : axisOf(axis, value, type);
      const keep = keepdims === true;
      const name = to.graph.op(type, [value.name], { axis: along, keepdims: keep ? 1 : 0 });
      const shape = value.shape.flatMap((size, i) => (i === along ? (keep ? [1] : []) : [size]));
      // Keras answers int32.
      return to.cast({ ...value, name, shape, datatype: 'int64' }, 'int32');
    },
  );
}

/** Operators that take whole axes together. */
export const REDUCTIONS: readonly OperatorDefinition[] = [
  reduction(['Mean'], ['keras.backend.mean'], 'ReduceMean'),
  tensorflowMean(reduction([], ['math.reduce_mean', 'reduce_mean'], 'ReduceMean')),
  reduction(['Sum'], ['math.reduce_sum', 'reduce_sum', 'keras.backend.sum'], 'ReduceSum', 'int32'),
  reduction(['Max', 'Amax'], ['math.reduce_max', 'reduce_max', 'keras.backend.max'], 'ReduceMax', 'int32'),
  reduction(['Min', 'Amin'], ['math.reduce_min', 'reduce_min', 'keras.backend.min'], 'ReduceMin', 'int32'),
  reduction(['Prod'], ['math.reduce_prod', 'reduce_prod'], 'ReduceProd', 'int32'),
  reduction(['Logsumexp'], ['math.reduce_logsumexp', 'reduce_logsumexp'], 'ReduceLogSumExp'),
  reduction(['Var'], ['math.reduce_variance'], variance),
  reduction(['Std'], ['math.reduce_std'], (to, x, axes, keepdims) =>
    to.graph.op('Sqrt', [variance(to, x, axes, keepdims)]),
  ),
  truth('Any', ['math.reduce_any', 'reduce_any'], 'ReduceMax'),
  truth('All', ['math.reduce_all', 'reduce_all'], 'ReduceMin'),
  place(['Argmax'], ['math.argmax', 'argmax'], 'ArgMax'),
  place(['Argmin'], ['math.argmin', 'argmin'], 'ArgMin'),
];
