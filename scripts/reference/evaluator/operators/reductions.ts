import {
  axesOf,
  broadcastTo,
  divide,
  largestOf,
  meanOf,
  multiply,
  reduce,
  reshape,
  smallestOf,
  sumOf,
  varianceOf,
  wrong,
} from '../doubles.ts';
import { firstBest, normalized } from './arrays.ts';
import { type Operator, on, onTensor } from './given.ts';

const truth = (condition: boolean) => Number(condition);
export const reduction = (f: (row: Float64Array) => number, name = 'x'): Operator =>
  onTensor([name, 'axis', 'keepdims'], (x, g) => reduce(x, g.axes(x), g.flag('keepdims'), f));
const positions = (better: (a: number, b: number) => boolean): Operator => ({
  parameters: ['x', 'axis', 'keepdims'],
  compute: (g) => {
    const axis = g.get('axis');
    const x = axis === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return reduce(x, axesOf(axis ?? 0, x.shape.length), g.flag('keepdims'), firstBest(better));
  },
});

/** Operators that make one number of several. */
export const REDUCTIONS: Readonly<Record<string, Operator>> = {
  Mean: reduction(meanOf),
  Sum: reduction(sumOf),
  Max: reduction(largestOf),
  Min: reduction(smallestOf),
  Amax: reduction(largestOf),
  Amin: reduction(smallestOf),
  Prod: onTensor(['x', 'axis', 'keepdims', 'dtype'], (x, g) => {
    if (g.get('dtype') !== null) throw wrong('None', 'argument dtype', g.get('dtype'));
    const axes = g.axes(x);
    return reduce(x, axes, g.flag('keepdims'), (row) => row.reduce((a, b) => a * b, 1));
  }),
  Var: reduction(varianceOf),
  Std: reduction((row) => Math.sqrt(varianceOf(row))),
  Any: reduction((row) => truth(row.some((element) => element !== 0))),
  All: reduction((row) => truth(row.every((element) => element !== 0))),
  CountNonzero: reduction((row) => row.filter((element) => element !== 0).length),
  Logsumexp: reduction((row) => {
    const most = largestOf(row);
    return most + Math.log(sumOf(row.map((element) => Math.exp(element - most))));
  }),
  Argmax: positions((a, b) => a > b),
  Argmin: positions((a, b) => a < b),
  Average: onTensor(['x', 'weights'], (x, g) => {
    const axes = g.axes(x);
    if (g.get('weights') === null) return reduce(x, axes, false, meanOf);
    const weights = g.tensor('weights');
    const lined =
      weights.shape.length === x.shape.length
        ? weights
        : reshape(
            weights,
            x.shape.map((n, i) => (axes.includes(i) ? n : 1)),
          );
    return divide(
      reduce(multiply(x, lined), axes, false, sumOf),
      reduce(broadcastTo(lined, x.shape), axes, false, sumOf),
    );
  }),
  Moments: onTensor(['x', 'axes', 'keepdims'], (x, g) => {
    const axes = axesOf(g.get('axes'), x.shape.length);
    return [reduce(x, axes, g.flag('keepdims'), meanOf), reduce(x, axes, g.flag('keepdims'), varianceOf)];
  }),
  Norm: on(['x', 'ord', 'axis', 'keepdims'], (g) => {
    const order = g.get('ord') ?? 2;
    const p = order === 'fro' || order === 'euclidean' ? 2 : Number(order);
    return reduce(g.tensor('x'), axesOf(g.get('axis'), g.tensor('x').shape.length), g.flag('keepdims'), (row) => {
      const sizes = row.map(Math.abs);
      if (p === Number.POSITIVE_INFINITY) return largestOf(sizes);
      if (p === Number.NEGATIVE_INFINITY) return smallestOf(sizes);
      return p === 0 ? row.filter((x) => x !== 0).length : sumOf(sizes.map((x) => x ** p)) ** (1 / p);
    });
  }),
  Normalize: onTensor(['x', 'axis', 'order', 'epsilon'], (x, g) =>
    normalized(x, g.axes(x, -1), g.number('order', 2), g.number('epsilon', 1e-7)),
  ),
};
