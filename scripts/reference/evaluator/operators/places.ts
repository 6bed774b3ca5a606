import { axisOf, broadcastTo, type Doubles, doubles, map, reshape, sizeOf, wrong } from '../doubles.ts';
import { take } from './arrays.ts';
import { alongRows, built, cellOf } from './cells.ts';
import { type Given, type Operator, on, onTensor } from './given.ts';

/** Places in order: those of equal numbers stay in theirs. */
export function order(row: Float64Array, falling: boolean): number[] {
  const places = Array.from(row, (_, i) => i);
  return places.sort((a, b) => {
    const [x, y] = [row[a] as number, row[b] as number];
    return (falling ? y - x : x - y) || a - b;
  });
}

function flatOr(g: Given, otherwise: number): readonly [x: Doubles, axis: number] {
  if (g.get('axis') === null && g.has('axis')) return [reshape(g.tensor('x'), [-1]), 0];
  return [g.tensor('x'), g.number('axis', otherwise)];
}

/** The parts of each row at that row's own places: the first `batch` axes go together. */
export function takeInBatches(x: Doubles, places: Doubles, axis: number, batch: number): Doubles {
  if (batch === 0) return take(x, places, axis);
  const shape = [...x.shape.slice(0, axis), ...places.shape.slice(batch), ...x.shape.slice(axis + 1)];
  const cells = places.shape.length - batch;
  return built(shape, (index) => {
    const rows = index.slice(0, batch);
    const place = cellOf(places, [...rows, ...index.slice(axis, axis + cells)]);
    return cellOf(x, [...index.slice(0, axis), place, ...index.slice(axis + cells)]);
  });
}

/** The last axis of the places is one place in `x`, behind the batch axes. */
export function gatherNd(x: Doubles, places: Doubles, batch: number): Doubles {
  const width = places.shape.at(-1) as number;
  const outer = places.shape.slice(0, -1);
  return built([...outer, ...x.shape.slice(batch + width)], (index) => {
    const row = index.slice(0, outer.length);
    const place = Array.from({ length: width }, (_, i) => cellOf(places, [...row, i]));
    return cellOf(x, [...index.slice(0, batch), ...place, ...index.slice(outer.length)]);
  });
}

/** `x` with parts put at places, each joined with what stands there. */
export function scattered(x: Doubles, places: Doubles, updates: Doubles, join: (old: number, next: number) => number) {
  const width = places.shape.at(-1) as number;
  const part = sizeOf(x.shape.slice(width));
  const answer = doubles(x.shape, Float64Array.from(x.data));
  const count = places.data.length / width;
  const values = broadcastTo(updates, [...places.shape.slice(0, -1), ...x.shape.slice(width)]).data;
  for (let i = 0; i < count; i++) {
    const at = x.shape
      .slice(0, width)
      .reduce((sum, size, axis) => sum * size + (places.data[i * width + axis] as number), 0);
    for (let j = 0; j < part; j++) {
      const to = at * part + j;
      answer.data[to] = join(answer.data[to] as number, values[i * part + j] as number);
    }
  }
  return answer;
}

const JOINS: Readonly<Record<string, (old: number, next: number) => number>> = {
  null: (_, next) => next,
  add: (old, next) => old + next,
  max: Math.max,
  min: Math.min,
  mul: (old, next) => old * next,
};

/** Taking by place, sorting, and writing. */
export const PLACES: Readonly<Record<string, Operator>> = {
  TakeAlongAxis: on(['x', 'indices', 'axis'], (g) => {
    const [x, given] = flatOr(g, -1);
    const axis = axisOf(given, x.shape.length);
    const places = g.tensor('indices');
    return built(places.shape, (index) => {
      const place = cellOf(places, index);
      return cellOf(x, index.with(axis, place < 0 ? place + (x.shape[axis] as number) : place));
    });
  }),
  MultiHot: onTensor(['inputs', 'num_classes', 'axis', 'dtype', 'sparse'], (x, g) => {
    const classes = Number(g.get('num_classes') ?? g.get('num_tokens'));
    const together = x.shape.length > 1;
    const shape = together ? [x.shape[0] as number, ...x.shape.slice(2), classes] : [classes];
    return built(shape, (index) => {
      const wanted = index.at(-1) as number;
      const rows = together ? (x.shape[1] as number) : (x.shape[0] as number);
      const at = (i: number) => (together ? [index[0] as number, i, ...index.slice(1, -1)] : [i]);
      return Number(Array.from({ length: rows }, (_, i) => cellOf(x, at(i))).includes(wanted));
    });
  }),
  TopK: on(['x', 'k', 'sorted'], (g) => {
    const count = g.number('k', 1);
    const first = (row: Float64Array) => order(row, true).slice(0, count);
    const x = g.tensor('x');
    return [alongRows(x, -1, (row) => first(row).map((i) => row[i] as number)), alongRows(x, -1, first)];
  }),
  InTopK: onTensor(['targets', 'predictions', 'k'], (x, g) => {
    const [targets, rows] = [x, g.tensor('predictions')];
    return built(targets.shape, (index) => {
      const own = cellOf(rows, [...index, cellOf(targets, index)]);
      const row = Array.from({ length: rows.shape[1] as number }, (_, i) => cellOf(rows, [...index, i]));
      return Number(row.filter((value) => value > own).length < g.number('k'));
    });
  }),
  Sort: on(['x', 'axis'], (g) => {
    const [x, axis] = flatOr(g, -1);
    return alongRows(x, axis, (row) => row.toSorted());
  }),
  Argsort: on(['x', 'axis'], (g) => {
    const [x, axis] = flatOr(g, -1);
    return alongRows(x, axis, (row) => order(row, false));
  }),
  SearchSorted: on(['sorted_sequence', 'values', 'side'], (g) => {
    const sorted = g.tensor('sorted_sequence').data;
    const right = g.get('side') === 'right';
    return map(g.tensor('values'), (x) => sorted.filter((edge) => (right ? edge <= x : edge < x)).length);
  }),
  Digitize: on(['x', 'bins'], (g) => {
    const bins = g.tensor('bins').data;
    return map(g.tensor('x'), (x) => bins.filter((edge) => edge <= x).length);
  }),
  Roll: onTensor(['x', 'shift', 'axis'], (x, g) => {
    const shifts = g.numbers('shift');
    const moved = (y: Doubles, axis: number, by: number) =>
      alongRows(y, axis, (row) =>
        row.map((_, i) => row[(((i - by) % row.length) + row.length) % row.length] as number),
      );
    if (g.get('axis') === null) return reshape(moved(reshape(x, [-1]), 0, shifts[0] as number), x.shape);
    return g.numbers('axis').reduce((y, axis, i) => moved(y, axis, shifts[shifts.length === 1 ? 0 : i] as number), x);
  }),
  SliceUpdate: on(['inputs', 'start_indices', 'updates'], (g) => {
    const [x, starts, updates] = [g.tensor('inputs'), g.tensor('start_indices').data, g.tensor('updates')];
    return built(x.shape, (index) => {
      const inside = index.map((place, axis) => place - (starts[axis] as number));
      const covered = inside.every((place, axis) => place >= 0 && place < (updates.shape[axis] as number));
      return covered ? cellOf(updates, inside) : cellOf(x, index);
    });
  }),
  Scatter: onTensor(['indices', 'values', 'shape'], (x, g) =>
    scattered(doubles(g.numbers('shape')), x, g.tensor('values'), (old, next) => old + next),
  ),
  ScatterUpdate: onTensor(['inputs', 'indices', 'updates', 'reduction'], (x, g) => {
    const join = JOINS[String(g.get('reduction'))];
    if (!join) throw wrong('add, max, min or mul', 'argument reduction', g.get('reduction'));
    return scattered(x, g.tensor('indices'), g.tensor('updates'), join);
  }),
};
