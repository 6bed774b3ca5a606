import {
  axisOf,
  broadcastShape,
  broadcastTo,
  type Doubles,
  doubles,
  expand,
  map,
  multiply,
  reduce,
  reshape,
  subtract,
  sumOf,
  transpose,
  wrong,
} from '../doubles.ts';
import { einsum } from '../einsum.ts';
import { moveAxes } from './arrays.ts';
import { built, cellOf } from './cells.ts';
import { type Operator, onPair, onTensor } from './given.ts';

/** Sums over axes that belong together, what is left in turn. */
function contracted(a: Doubles, b: Doubles, from: number, to: number): Doubles {
  const left = a.shape.map((_, i) => 'abcdefgh'[i] as string);
  const right = b.shape.map((_, i) => (i === to ? (left[from] as string) : ('ijklmnop'[i] as string)));
  const rest = [...left.filter((_, i) => i !== from), ...right.filter((_, i) => i !== to)];
  return einsum(`${left.join('')},${right.join('')}->${rest.join('')}`, [a, b]);
}

/** The diagonal of two axes, behind the others. */
export function diagonal(x: Doubles, offset: number, axis1: number, axis2: number): Doubles {
  const rank = x.shape.length;
  const [p, q] = [axisOf(axis1, rank), axisOf(axis2, rank)];
  const moved = transpose(x, [...x.shape.map((_, i) => i).filter((i) => i !== p && i !== q), p, q]);
  const [rows, columns] = moved.shape.slice(-2) as [number, number];
  const [down, right] = [Math.max(0, -offset), Math.max(0, offset)];
  const count = Math.max(0, Math.min(rows - down, columns - right));
  return built([...moved.shape.slice(0, -2), count], (index) => {
    const i = index.at(-1) as number;
    return cellOf(moved, [...index.slice(0, -1), i + down, i + right]);
  });
}

/** The last axis on the diagonal of a matrix. */
export function onDiagonal(x: Doubles, offset: number): Doubles {
  const side = (x.shape.at(-1) as number) + Math.abs(offset);
  return built([...x.shape.slice(0, -1), side, side], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    if (column - row !== offset) return 0;
    return cellOf(x, [...index.slice(0, -2), Math.min(row, column)]);
  });
}

export function crossed(a: Doubles, b: Doubles, axisA: number, axisB: number, axisC: number): Doubles {
  const [x, y] = [moveAxes(a, [axisA], [-1]), moveAxes(b, [axisB], [-1])];
  const shape = broadcastShape(x.shape, y.shape);
  const [p, q] = [broadcastTo(x, shape), broadcastTo(y, shape)];
  const product = built(shape, (index) => {
    const at = (by: number) => [...index.slice(0, -1), ((index.at(-1) as number) + by) % 3];
    return cellOf(p, at(1)) * cellOf(q, at(2)) - cellOf(p, at(2)) * cellOf(q, at(1));
  });
  return moveAxes(product, [-1], [axisC]);
}

/** One quarter turn from the first of the axes to the second. */
function quarterTurn(x: Doubles, first: number, second: number): Doubles {
  const shape = x.shape.map((_, i) => x.shape[i === first ? second : i === second ? first : i] as number);
  return built(shape, (index) => {
    const from = [...index];
    from[first] = index[second] as number;
    from[second] = (x.shape[second] as number) - 1 - (index[first] as number);
    return cellOf(x, from);
  });
}

export function turned(x: Doubles, times: number, axes: readonly number[]): Doubles {
  const [first, second] = axes.map((axis) => axisOf(axis, x.shape.length)) as [number, number];
  return Array.from({ length: ((times % 4) + 4) % 4 }).reduce((y: Doubles) => quarterTurn(y, first, second), x);
}

/** Products and parts of matrices, by the class names of `keras.ops`. */
export const MATRICES: Readonly<Record<string, Operator>> = {
  Inner: onPair(['x1', 'x2'], (a, b) => {
    return contracted(a, b, a.shape.length - 1, b.shape.length - 1);
  }),
  Vdot: onTensor(['x1', 'x2'], (x, g) => {
    const [a, b] = [x.data, g.tensor('x2').data];
    return doubles([], [a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)]);
  }),
  Outer: onPair(['x1', 'x2'], (a, b) => multiply(reshape(a, [-1, 1]), reshape(b, [1, -1]))),
  Kron: onPair(['x1', 'x2'], (a, b) => {
    if (a.shape.length !== b.shape.length) throw wrong(`rank ${a.shape.length}`, 'an operand of Kron', b.shape);
    const shape = a.shape.map((size, i) => size * (b.shape[i] as number));
    return built(
      shape,
      (index) =>
        cellOf(
          a,
          index.map((place, i) => Math.floor(place / (b.shape[i] as number))),
        ) *
        cellOf(
          b,
          index.map((place, i) => place % (b.shape[i] as number)),
        ),
    );
  }),
  Cross: onTensor(['x1', 'x2', 'axisa', 'axisb', 'axisc', 'axis'], (x, g) => {
    const axis = (name: string) => (g.get('axis') === null ? g.number(name, -1) : g.number('axis'));
    return crossed(x, g.tensor('x2'), axis('axisa'), axis('axisb'), axis('axisc'));
  }),
  CDist: onTensor(['x', 'y'], (x, g) => {
    const gaps = subtract(expand(x, -2), expand(g.tensor('y'), -3));
    return map(
      reduce(gaps, [gaps.shape.length - 1], false, (row) => sumOf(row.map((gap) => gap * gap))),
      Math.sqrt,
    );
  }),
  Diagonal: onTensor(['x', 'offset', 'axis1', 'axis2'], (x, g) =>
    diagonal(x, g.number('offset', 0), g.number('axis1', 0), g.number('axis2', 1)),
  ),
  Trace: onTensor(['x', 'offset', 'axis1', 'axis2'], (x, g) => {
    const cells = diagonal(x, g.number('offset', 0), g.number('axis1', 0), g.number('axis2', 1));
    return reduce(cells, [cells.shape.length - 1], false, sumOf);
  }),
  Diag: onTensor(['x', 'k'], (x, g) =>
    x.shape.length === 1 ? onDiagonal(x, g.number('k', 0)) : diagonal(x, g.number('k', 0), 0, 1),
  ),
  Diagflat: onTensor(['x', 'k'], (x, g) => onDiagonal(reshape(x, [-1]), g.number('k', 0))),
  Vander: onTensor(['x', 'N', 'increasing'], (x, g) => {
    const count = g.number('N', x.shape[0]);
    return built(
      [x.shape[0] as number, count],
      ([i, j]) => (x.data[i as number] as number) ** (g.flag('increasing') ? (j as number) : count - 1 - (j as number)),
    );
  }),
  Rot90: onTensor(['array', 'k', 'axes'], (x, g) =>
    turned(x, g.number('k', 1), g.get('axes') === null ? [0, 1] : g.numbers('axes')),
  ),
};
