import { axesOf, type Doubles, map, reduce, reshape, sumOf, varianceOf } from '../doubles.ts';
import { alongRows } from './cells.ts';
import { type Operator, on, onTensor } from './given.ts';

const there = (row: Float64Array) => row.filter((element) => !Number.isNaN(element));

const folding = (f: (row: Float64Array) => number): Operator =>
  onTensor(['x', 'axis', 'keepdims'], (x, g) => reduce(x, g.axes(x), g.flag('keepdims'), (row) => f(there(row))));

const place = (better: (a: number, b: number) => boolean): Operator =>
  on(['x', 'axis', 'keepdims'], (g) => {
    const x = g.get('axis') === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return reduce(x, axesOf(g.get('axis') ?? 0, x.shape.length), g.flag('keepdims'), (row) =>
      row.reduce((best, element, i) => {
        if (Number.isNaN(element)) return best;
        return best < 0 || better(element, row[best] as number) ? i : best;
      }, -1),
    );
  });

/** What there is so far along an axis, backwards and without the place itself where asked. */
export function soFar(
  x: Doubles,
  axis: number,
  f: (a: number, b: number) => number,
  first: number,
  { exclusive = false, reverse = false } = {},
): Doubles {
  return alongRows(x, axis, (row) => {
    const order = reverse ? row.toReversed() : row;
    let total = first;
    const sums = order.map((element) => {
      const before = total;
      total = f(total, element);
      return exclusive ? before : total;
    });
    return reverse ? sums.toReversed() : sums;
  });
}

const cumulative = (f: (a: number, b: number) => number, first: number, ignoring = false): Operator =>
  on(['x', 'axis', 'dtype'], (g) => {
    const given = /int/.test(String(g.get('dtype'))) ? map(g.tensor('x'), Math.trunc) : g.tensor('x');
    const x = g.get('axis') === null ? reshape(given, [-1]) : given;
    const clean = ignoring ? { ...x, data: x.data.map((element) => (Number.isNaN(element) ? first : element)) } : x;
    return soFar(clean, g.number('axis', 0), f, first);
  });

/** Folds that leave out what is not a number, and running totals. */
export const STATISTICS: Readonly<Record<string, Operator>> = {
  Nansum: folding(sumOf),
  Nanprod: folding((row) => row.reduce((a, b) => a * b, 1)),
  Nanmax: folding((row) => (row.length === 0 ? Number.NaN : Math.max(...row))),
  Nanmin: folding((row) => (row.length === 0 ? Number.NaN : Math.min(...row))),
  Nanmean: folding((row) => sumOf(row) / row.length),
  Nanvar: folding(varianceOf),
  Nanstd: folding((row) => Math.sqrt(varianceOf(row))),
  Nanargmax: place((a, b) => a > b),
  Nanargmin: place((a, b) => a < b),
  Cumsum: cumulative((a, b) => a + b, 0),
  Cumprod: cumulative((a, b) => a * b, 1),
  Nancumsum: cumulative((a, b) => a + b, 0, true),
  Nancumprod: cumulative((a, b) => a * b, 1, true),
};
