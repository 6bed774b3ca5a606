import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Shape } from '#keras';
import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { badCall, broadcastShape, integer, integers, numberIn, type Operand, omitted } from './operand.ts';
import { type OperatorDefinition, onFloats, operator } from './operator.ts';
import { frontAxes, type Tensors } from './tensors.ts';

function swapped(to: Tensors, value: Value, swap: boolean): Value {
  if (!swap) return value;
  const rank = value.shape.length;
  const perm = value.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return to.transpose(value, perm);
}

/** NumPy's matrix product: the last two axes are matrices, all before them broadcast. */
function matrixProduct(to: Tensors, a: Value, b: Value): Value {
  return { ...a, name: to.graph.op('MatMul', [a.name, b.name]), shape: productShape(a.shape, b.shape) };
}

function productShape(a: Shape, b: Shape): Shape {
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  const batch = broadcastShape(left.slice(0, -2), right.slice(0, -2), 'a matrix product');
  return [
    ...batch,
    ...(a.length === 1 ? [] : [left.at(-2) ?? null]),
    ...(b.length === 1 ? [] : [right.at(-1) ?? null]),
  ];
}

/** Shape of an einsum's answer. Broadcast axes (`...`) are those that the letters leave over. */
function einsumShape(equation: string, shapes: readonly Shape[]): Shape {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  if (right === undefined || terms.length !== shapes.length)
    throw badCall('one term for each tensor and ->', 'einsum', equation);
  const sizes = new Map<string, number | null>();
  let rest: Shape = [];
  for (const [i, term] of terms.entries()) {
    const shape = shapes[i] as Shape;
    const [before, behind] = term.split('...') as [string, string | undefined];
    const free = shape.length - before.length - (behind?.length ?? 0);
    if (free < 0 || (behind === undefined && free > 0))
      throw badCall(`${term.length} axes`, `einsum ${equation}`, shape);
    rest =
      behind === undefined ? rest : broadcastShape(rest, shape.slice(before.length, before.length + free), equation);
    for (const [j, letter] of [...before].entries()) keep(sizes, letter, shape[j] ?? null);
    for (const [j, letter] of [...(behind ?? '')].entries())
      keep(sizes, letter, shape[before.length + free + j] ?? null);
  }
  const answer: (number | null)[] = [];
  for (const part of right.match(/\.\.\.|./g) ?? []) {
    if (part === '...') answer.push(...rest);
    else answer.push(sizes.get(part) ?? null);
  }
  return answer;
}

function keep(sizes: Map<string, number | null>, letter: string, size: number | null): void {
  sizes.set(letter, sizes.get(letter) ?? size);
}

export function einsum(graph: GraphBuilder, equation: string, values: readonly Value[]): Value {
  const plain = values.map((value) => asKeras(graph, value));
  const shape = einsumShape(
    equation,
    plain.map((value) => value.shape),
  );
  const name = graph.op(
    'Einsum',
    plain.map((value) => value.name),
    { equation },
  );
  return { name, shape, datatype: (plain[0] as Value).datatype, layout: 'channels-last' };
}

function einsumOf(to: Tensors, equation: Operand, list: Operand): Value {
  if (typeof equation !== 'string' || !Array.isArray(list)) throw badCall('an equation', 'einsum', equation);
  return einsum(to.graph, equation, to.alike(list, 'an operand of einsum', 'float32', 'int32'));
}

function lostOperands(equation: Operand): FreezeframeError {
  const message = expected('the tensors', `einsum ${String(equation)}`, 'none: Keras 2 does not write them');
  return new FreezeframeError('unsupported-layer', message, {
    remedy:
      'Keras cannot load this file either. Use keras.layers.EinsumDense, Dot or tf.matmul, and save the model again.',
  });
}

/** Operators that multiply and add up. */
export const PRODUCTS: readonly OperatorDefinition[] = [
  operator(
    ['Matmul'],
    ['linalg.matmul', 'matmul', '__operators__.matmul'],
    ['x1|a|x', 'x2|b|y', 'transpose_a', 'transpose_b', 'adjoint_a', 'adjoint_b'],
    (to, { x1, x2, transpose_a, transpose_b, adjoint_a, adjoint_b }) => {
      const [a, b] = to.alike([x1, x2], 'an operand of Matmul', 'float32', 'int32') as [Value, Value];
      const left = swapped(to, a, transpose_a === true || adjoint_a === true);
      return matrixProduct(to, left, swapped(to, b, transpose_b === true || adjoint_b === true));
    },
  ),
  operator([], ['keras.backend.batch_dot'], ['x', 'y', 'axes'], (to, { x, y, axes }) => {
    const [a, b] = to.alike([x, y], 'an operand of batch_dot', 'float32', 'int32') as [Value, Value];
    const matrices = a.shape.length > 2 && b.shape.length > 2 && omitted(axes);
    if (!matrices) throw badCall('matrices without axes', 'batch_dot', axes ?? a.shape);
    return matrixProduct(to, a, b);
  }),
  operator(
    // Keras 3 keeps the equation in the config.
    ['Einsum'],
    [],
    ['*operands', 'subscripts'],
    (to, { operands: list, subscripts }) => einsumOf(to, subscripts, list),
  ),
  operator(
    [],
    ['einsum', 'linalg.einsum'],
    // Keras 2 loses the tensors: `withLostOperands`.
    ['equation', 'inputs'],
    (to, { equation, inputs }) => {
      if (inputs === undefined) throw lostOperands(equation);
      return einsumOf(to, equation, inputs);
    },
  ),
  onFloats(['Normalize'], [], ['x', 'axis', 'order', 'epsilon'], (to, x, { axis, order, epsilon }) => {
    const value = to.of(x, '');
    const axes = frontAxes(omitted(axis) ? [-1] : integers(axis, 'the axis'), value.shape.length, 'Normalize');
    const p = integer(order, 'the order of Normalize', 2);
    const size = to.unary('Abs', value);
    const sum = to.reduce('ReduceSum', p === 1 ? size : to.binary('Pow', size, p), axes, true);
    const norm = p === 1 ? sum : p === 2 ? to.unary('Sqrt', sum) : to.binary('Pow', sum, 1 / p);
    return to.divide(value, to.binary('Max', norm, numberIn(epsilon, 'epsilon', 1e-7)));
  }),
  onFloats(
    [],
    ['math.l2_normalize', 'linalg.l2_normalize', 'nn.l2_normalize', 'keras.backend.l2_normalize'],
    ['x', 'axis|dim', 'epsilon'],
    (to, x, { axis, epsilon }) => {
      const value = to.of(x, '');
      const given = omitted(axis) ? undefined : integers(axis, 'the axis of l2_normalize');
      const axes = frontAxes(given, value.shape.length, 'l2_normalize');
      const squares = to.reduce('ReduceSum', to.multiply(value, value), axes, true);
      return to.divide(value, to.unary('Sqrt', to.binary('Max', squares, numberIn(epsilon, 'epsilon', 1e-12))));
    },
  ),
];
