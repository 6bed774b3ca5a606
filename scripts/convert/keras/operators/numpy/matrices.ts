import type { Shape } from '#keras';
import type { Value } from '#onnx';
import { badCall, integer, integers, type Operand, type Operands, omitted, positiveAxis } from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, operator } from '../operator.ts';
import { einsum } from '../products.ts';
import { fixedSize, type Tensors } from '../tensors.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

function pair(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: (to: Tensors, a: Value, b: Value, given: Operands) => Value,
  more: readonly string[] = [],
): OperatorDefinition {
  return operator(keras, tensorflow, ['x1|x|a', 'x2|y|b', ...more], (to, operands) => {
    const where = `an operand of ${keras[0] ?? tensorflow[0]}`;
    return write(to, to.floats(operands.x1, where), to.floats(operands.x2, where), operands);
  });
}

/** Sums over axes of one and of the other that belong together; what is left stands in turn. */
function contracted(to: Tensors, a: Value, b: Value, from: readonly number[], over: readonly number[]): Value {
  if (a.shape.length + b.shape.length > LETTERS.length) throw badCall('fewer axes', 'a tensor product', a.shape);
  const left = a.shape.map((_, i) => LETTERS[i] as string);
  const right = b.shape.map((_, i) => {
    const at = over.indexOf(i);
    return at < 0 ? (LETTERS[a.shape.length + i] as string) : (left[from[at] as number] as string);
  });
  const rest = [...left.filter((_, i) => !from.includes(i)), ...right.filter((_, i) => !over.includes(i))];
  return einsum(to.graph, `${left.join('')},${right.join('')}->${rest.join('')}`, [a, b]);
}

function axesOf(axes: Operand, a: Value, b: Value): readonly [number[], number[]] {
  if (typeof axes === 'number' || omitted(axes)) {
    const count = axes ?? 2;
    const all = Array.from({ length: count }, (_, i) => i);
    return [all.map((i) => a.shape.length - count + i), all];
  }
  const [from, over] = axes as readonly Operand[];
  const along = (list: Operand, x: Value) =>
    integers(list, 'the axes of tensordot').map((axis) => positiveAxis(axis, x.shape.length, 'tensordot'));
  return [along(from, a), along(over, b)];
}

/** The cells of a diagonal of two axes, which move to the end as one. */
function diagonal(to: Tensors, x: Value, offset: number, axis1: number, axis2: number): Value {
  const rank = x.shape.length;
  const [rows, columns] = [positiveAxis(axis1, rank, 'Diagonal'), positiveAxis(axis2, rank, 'Diagonal')];
  const others = x.shape.map((_, i) => i).filter((i) => i !== rows && i !== columns);
  const [height, width] = [fixedSize(x, rows, 'Diagonal'), fixedSize(x, columns, 'Diagonal')];
  const flat = to.reshape(to.transpose(x, [...others, rows, columns]), [
    ...others.map((i) => x.shape[i] ?? null),
    height * width,
  ]);
  const first = offset >= 0 ? offset : -offset * width;
  const count = Math.max(0, Math.min(height - Math.max(0, -offset), width - Math.max(0, offset)));
  return to.gather(
    flat,
    Array.from({ length: count }, (_, i) => first + i * (width + 1)),
    others.length,
  );
}

/** A matrix with the last axis on its diagonal. */
function onDiagonal(to: Tensors, x: Value, offset: number): Value {
  const size = fixedSize(x, x.shape.length - 1, 'Diag');
  const side = size + Math.abs(offset);
  const cells = Array.from({ length: size * side }, (_, i) =>
    Number(i % side === Math.floor(i / side) + Math.max(0, offset)),
  );
  const wide = to.where(to.constant('bool', cells, [size, side]), to.expand(x, x.shape.length), 0);
  const pads = wide.shape.map((_, i) =>
    i === wide.shape.length - 2 ? ([Math.max(0, -offset), Math.max(0, offset)] as const) : ([0, 0] as const),
  );
  return to.pad(wide, pads);
}

function triangle(keras: string, upper: number): OperatorDefinition {
  return onKerasOrder([keras], [], ['x', 'k'], (to, x, { k }) => {
    const by = to.graph.int(integer(k, `k of ${keras}`, 0));
    const floats = x.datatype === 'bool' ? to.cast(x, 'int32') : x;
    return { ...floats, name: to.graph.op('Trilu', [floats.name, by], { upper }) };
  });
}

/** The vector product along an axis of three. */
function cross(to: Tensors, a: Value, b: Value, axes: readonly [number, number, number]): Value {
  const [x, y] = [
    to.last(a, positiveAxis(axes[0], a.shape.length, 'Cross')),
    to.last(b, positiveAxis(axes[1], b.shape.length, 'Cross')),
  ];
  const [m, n] = [x.shape.length - 1, y.shape.length - 1];
  if (x.shape[m] !== 3 || y.shape[n] !== 3) throw badCall('three numbers', 'a vector of Cross', x.shape[m]);
  const turned = (p: Value, axis: number, by: number) => to.gather(p, [by % 3, (1 + by) % 3, (2 + by) % 3], axis);
  const product = to.subtract(
    to.multiply(turned(x, m, 1), turned(y, n, 2)),
    to.multiply(turned(x, m, 2), turned(y, n, 1)),
  );
  return to.back(product, positiveAxis(axes[2], product.shape.length, 'Cross'));
}

function kron(to: Tensors, a: Value, b: Value): Value {
  const rank = Math.max(a.shape.length, b.shape.length);
  const full = ({ shape }: Value): Shape => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [full(a), full(b)];
  const x = to.reshape(
    to.reshape(a, left),
    left.flatMap((size) => [size, 1]),
  );
  const y = to.reshape(
    to.reshape(b, right),
    right.flatMap((size) => [1, size]),
  );
  return to.reshape(
    to.multiply(x, y),
    left.map((size, i) => (size === null || right[i] == null ? null : size * (right[i] as number))),
  );
}

function turned(to: Tensors, x: Value, times: number, first: number, second: number): Value {
  const perm = x.shape.map((_, i) => (i === first ? second : i === second ? first : i));
  const turns = ((times % 4) + 4) % 4;
  if (turns === 0) return x;
  if (turns === 2) return to.reversed(x, [first, second]);
  return turns === 1 ? to.transpose(to.reversed(x, [second]), perm) : to.reversed(to.transpose(x, perm), [second]);
}

/** `rot90` of pictures and of any two axes. */
export function quarterTurns(to: Tensors, x: Value, times: number, axes: readonly number[]): Value {
  const [first, second] = axes.map((axis) => positiveAxis(axis, x.shape.length, 'rot90')) as [number, number];
  return turned(to, x, times, first, second);
}

/** Products and parts of matrices. */
export const MATRICES: readonly OperatorDefinition[] = [
  pair(['Dot'], [], (to, a, b) => {
    if (a.shape.length === 0 || b.shape.length === 0) return to.multiply(a, b);
    return contracted(to, a, b, [a.shape.length - 1], [Math.max(0, b.shape.length - 2)]);
  }),
  pair(['Tensordot'], ['tensordot'], (to, a, b, { axes }) => contracted(to, a, b, ...axesOf(axes, a, b)), ['axes']),
  pair(['Inner'], [], (to, a, b) => {
    if (a.shape.length === 0 || b.shape.length === 0) return to.multiply(a, b);
    return contracted(to, a, b, [a.shape.length - 1], [b.shape.length - 1]);
  }),
  pair(['Vdot'], [], (to, a, b) => contracted(to, to.flat(a), to.flat(b), [0], [0])),
  pair(['Outer'], [], (to, a, b) => to.multiply(to.expand(to.flat(a), 1), to.expand(to.flat(b), 0))),
  pair(['Kron'], [], kron),
  pair([], ['linalg.matvec'], (to, a, b) =>
    to.squeeze(to.matmul(a, to.expand(b, b.shape.length)), Math.max(a.shape.length, b.shape.length + 1) - 1),
  ),
  pair(
    ['Cross'],
    [],
    (to, a, b, { axisa, axisb, axisc, axis }) => {
      const one = omitted(axis) ? undefined : integer(axis, 'the axis of Cross');
      const of = (operand: Operand) => one ?? integer(operand, 'an axis of Cross', -1);
      return cross(to, a, b, [of(axisa), of(axisb), of(axisc)]);
    },
    ['axisa', 'axisb', 'axisc', 'axis'],
  ),
  pair([], ['linalg.cross'], (to, a, b) => cross(to, a, b, [-1, -1, -1])),
  pair(['CDist'], [], (to, a, b) => {
    const gap = to.subtract(to.expand(a, a.shape.length - 1), to.expand(b, b.shape.length - 2));
    return to.unary('Sqrt', to.reduce('ReduceSum', to.multiply(gap, gap), [gap.shape.length - 1]));
  }),
  triangle('Tril', 0),
  triangle('Triu', 1),
  onKerasOrder([], ['linalg.band_part'], ['input', 'num_lower', 'num_upper'], (to, x, { num_lower, num_upper }) => {
    const [lower, upper] = [integer(num_lower, 'num_lower'), integer(num_upper, 'num_upper')];
    const below = lower < 0 ? x.name : to.graph.op('Trilu', [x.name, to.graph.int(-lower)], { upper: 1 });
    return { ...x, name: upper < 0 ? below : to.graph.op('Trilu', [below, to.graph.int(upper)], { upper: 0 }) };
  }),
  onKerasOrder(['Diagonal'], [], ['x', 'offset', 'axis1', 'axis2'], (to, x, { offset, axis1, axis2 }) =>
    diagonal(to, x, integer(offset, 'the offset', 0), integer(axis1, 'axis1', 0), integer(axis2, 'axis2', 1)),
  ),
  onKerasOrder(['Trace'], [], ['x', 'offset', 'axis1', 'axis2'], (to, x, { offset, axis1, axis2 }) => {
    const cells = diagonal(
      to,
      x,
      integer(offset, 'the offset', 0),
      integer(axis1, 'axis1', 0),
      integer(axis2, 'axis2', 1),
    );
    return to.reduce('ReduceSum', cells, [cells.shape.length - 1]);
  }),
  onKerasOrder([], ['linalg.trace'], ['x'], (to, x) =>
    to.reduce('ReduceSum', diagonal(to, x, 0, -2, -1), [x.shape.length - 2]),
  ),
  onKerasOrder([], ['linalg.diag_part', 'linalg.tensor_diag_part'], ['input', 'k'], (to, x, { k }) =>
    diagonal(to, x, integer(k, 'k of diag_part', 0), -2, -1),
  ),
  onKerasOrder([], ['linalg.diag'], ['diagonal', 'k'], (to, x, { k }) => onDiagonal(to, x, integer(k, 'k of diag', 0))),
  onKerasOrder(['Diag'], [], ['x', 'k'], (to, x, { k }) => {
    const by = integer(k, 'k of Diag', 0);
    return x.shape.length === 1 ? onDiagonal(to, x, by) : diagonal(to, x, by, 0, 1);
  }),
  onKerasOrder(['Diagflat'], [], ['x', 'k'], (to, x, { k }) =>
    onDiagonal(to, to.flat(x), integer(k, 'k of Diagflat', 0)),
  ),
  onKerasOrder([], ['linalg.matrix_transpose'], ['a', 'conjugate'], (to, x) => {
    const rank = x.shape.length;
    return to.transpose(x, [...x.shape.map((_, i) => i).slice(0, -2), rank - 1, rank - 2]);
  }),
  onKerasOrder(['Rot90'], [], ['array', 'k', 'axes'], (to, x, { k, axes }) => {
    const times = integer(k, 'k of Rot90', 1);
    // Keras 3.15 on TensorFlow turns a half turn into something else.
    if (Math.abs(times % 4) === 2)
      throw badCall("quarter turns (each of Keras's backends turns twice in its own way)", 'k of Rot90', k);
    return quarterTurns(to, x, times, omitted(axes) ? [0, 1] : integers(axes, 'the axes of Rot90'));
  }),
  onKerasOrder(['Vander'], [], ['x', 'N', 'increasing'], (to, x, { N, increasing }) => {
    const count = omitted(N) ? fixedSize(x, 0, 'Vander') : integer(N, 'N of Vander');
    const powers = Array.from({ length: count }, (_, i) => (increasing === true ? i : count - 1 - i));
    return to.binary('Pow', to.cast(to.expand(x, 1), 'float32'), to.constant('float32', powers, [1, count]));
  }),
];
