import { axisOf, type Doubles, doubles, sizeOf, stridesOf, wrong } from '../doubles.ts';

/** A tensor by what stands at each place. */
export function built(shape: readonly number[], cell: (index: readonly number[]) => number): Doubles {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = cell(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return doubles(shape, data);
}

/** What stands at a place. */
export function cellOf(x: Doubles, index: readonly number[]): number {
  const strides = stridesOf(x.shape);
  return x.data[index.reduce((at, place, axis) => at + place * (strides[axis] as number), 0)] as number;
}

/** Works on each row of an axis; rows may change their length, all alike. */
export function alongRows(x: Doubles, axis: number, work: (row: Float64Array) => ArrayLike<number>): Doubles {
  const at = axisOf(axis, x.shape.length);
  const step = stridesOf(x.shape)[at] as number;
  const size = x.shape[at] as number;
  const outer = sizeOf(x.shape.slice(0, at));
  let answer: Doubles | undefined;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < step; i++) {
      const row = Float64Array.from({ length: size }, (_, k) => x.data[(o * size + k) * step + i] as number);
      const made = work(row);
      answer ??= doubles(x.shape.with(at, made.length));
      if (answer.shape[at] !== made.length) throw wrong(`${answer.shape[at]} numbers`, 'a row', made.length);
      for (let k = 0; k < made.length; k++) answer.data[(o * made.length + k) * step + i] = made[k] as number;
    }
  }
  return answer ?? doubles(x.shape);
}
