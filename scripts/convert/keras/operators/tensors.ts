import type { Shape } from '#keras';
import { type Attribute, asKeras, type Datatype, type GraphBuilder, type Value } from '#onnx';
import { badCall, broadcast, broadcastShape, cast, type Operand, positiveAxis, tensorOf, wider } from './operand.ts';

/** Operators of ONNX on values in Keras's axis order, with their shapes: what functions of several steps are written in. */
export class Tensors {
  readonly graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  /** An operand as a tensor in Keras's memory order. */
  of(operand: Operand, where: string, like?: Datatype): Value {
    return asKeras(this.graph, tensorOf(this.graph, operand, where, like));
  }

  floats(operand: Operand, where: string): Value {
    return cast(this.graph, this.of(operand, where, 'float32'), 'float32');
  }

  /** Several as tensors of one datatype, the widest of theirs. */
  alike(operands: readonly Operand[], where: string, like?: Datatype, least: Datatype = 'bool'): Value[] {
    const values = operands.map((operand) => this.of(operand, where, like));
    const datatype = values.map((value) => value.datatype).reduce(wider, least);
    return values.map((value) => this.cast(value, datatype));
  }

  cast(x: Value, datatype: Datatype): Value {
    return cast(this.graph, x, datatype);
  }

  constant(datatype: Datatype, values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return { name: this.graph.constant(datatype, values, shape), shape, datatype, layout: 'channels-last' };
  }

  unary(type: string, x: Value, attributes: Record<string, Attribute> = {}): Value {
    return { ...x, name: this.graph.op(type, [x.name], attributes) };
  }

  binary(type: string, a: Value | number, b: Value | number, at?: Datatype): Value {
    const { values, shape } = broadcast(this.graph, [a, b], `an operand of ${type}`, at);
    const [x, y] = values as [Value, Value];
    return asKeras(this.graph, { ...x, name: this.graph.op(type, [x.name, y.name]), shape });
  }

  add = (a: Value | number, b: Value | number) => this.binary('Add', a, b);
  subtract = (a: Value | number, b: Value | number) => this.binary('Sub', a, b);
  multiply = (a: Value | number, b: Value | number) => this.binary('Mul', a, b);
  divide = (a: Value | number, b: Value | number) => this.binary('Div', a, b, 'float32');

  compare(type: 'Equal' | 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual', a: Value | number, b: Value | number) {
    return { ...this.binary(type, a, b, 'int32'), datatype: 'bool' } as Value;
  }

  not(x: Value): Value {
    return this.unary('Not', this.cast(x, 'bool'));
  }

  where(test: Value, yes: Value | number, no: Value | number): Value {
    const { values, shape } = broadcast(this.graph, [yes, no], 'an operand of Where');
    const [a, b] = values.map((value) => asKeras(this.graph, value)) as [Value, Value];
    const name = this.graph.op('Where', [this.cast(test, 'bool').name, a.name, b.name]);
    return { ...a, name, shape: broadcastShape(test.shape, shape, 'an operand of Where') };
  }

  /** Takes axes together; they are counted from the front. */
  reduce(type: string, x: Value, axes: readonly number[], keep = false): Value {
    const name = this.graph.op(type, [x.name, this.graph.ints(axes)], { keepdims: keep ? 1 : 0 });
    const shape = x.shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [1] : []) : [size]));
    return axes.length === 0 ? x : { ...x, name, shape };
  }

  transpose(x: Value, perm: readonly number[]): Value {
    if (perm.every((axis, i) => axis === i)) return x;
    const shape = perm.map((axis) => x.shape[axis] ?? null);
    return { ...x, name: this.graph.op('Transpose', [x.name], { perm }), shape };
  }

  /** An axis moved to the end. */
  last(x: Value, axis: number): Value {
    return this.transpose(x, [...x.shape.map((_, i) => i).filter((i) => i !== axis), axis]);
  }

  /** The last axis moved to a place: undoes `last`. */
  back(x: Value, axis: number): Value {
    const others = x.shape.map((_, i) => i).slice(0, -1);
    return this.transpose(x, [...others.slice(0, axis), x.shape.length - 1, ...others.slice(axis)]);
  }

  /** Another shape. A free size in the place that it had stays; one more may be free. */
  reshape(x: Value, shape: Shape): Value {
    let left = 1;
    const sizes = shape.map((size, i) => {
      if (size !== null) return size;
      if (i < x.shape.length && x.shape[i] === null && shape.slice(0, i).every((n, j) => n === x.shape[j])) return 0;
      left--;
      return -1;
    });
    if (left < 0) throw badCall('one free size', 'a new shape', shape);
    return { ...x, name: this.graph.op('Reshape', [x.name, this.graph.ints(sizes)]), shape: [...shape] };
  }

  expand(x: Value, axis: number): Value {
    const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
    return { ...x, name: this.graph.op('Unsqueeze', [x.name, this.graph.ints([axis])]), shape };
  }

  squeeze(x: Value, axis: number): Value {
    const shape = x.shape.filter((_, i) => i !== axis);
    return { ...x, name: this.graph.op('Squeeze', [x.name, this.graph.ints([axis])]), shape };
  }

  /** All axes in one. */
  flat(x: Value): Value {
    const size = x.shape.reduce<number | null>((n, axis) => (n === null || axis === null ? null : n * axis), 1);
    return { ...x, name: this.graph.op('Reshape', [x.name, this.graph.ints([-1])]), shape: [size] };
  }

  concat(parts: readonly Value[], axis: number): Value {
    const [first] = parts as [Value];
    const name = this.graph.op(
      'Concat',
      parts.map((part) => part.name),
      { axis },
    );
    const total = parts.reduce<number | null>((sum, { shape }) => {
      const size = shape[axis] ?? null;
      return sum === null || size === null ? null : sum + size;
    }, 0);
    return parts.length === 1 ? first : { ...first, name, shape: first.shape.with(axis, total) };
  }

  stack(parts: readonly Value[], axis: number): Value {
    return this.concat(
      parts.map((part) => this.expand(part, axis)),
      axis,
    );
  }

  /** Cells of an axis by their constant places. */
  gather(x: Value, places: readonly number[], axis: number): Value {
    const name = this.graph.op('Gather', [x.name, this.graph.ints(places)], { axis });
    return { ...x, name, shape: x.shape.with(axis, places.length) };
  }

  /** One cell of an axis, which goes. */
  cell(x: Value, place: number, axis: number): Value {
    const name = this.graph.op('Gather', [x.name, this.graph.int(place)], { axis });
    return { ...x, name, shape: x.shape.filter((_, i) => i !== axis) };
  }

  /** A part of an axis of fixed size. */
  slice(x: Value, axis: number, start: number, stop: number): Value {
    const { graph } = this;
    const name = graph.op('Slice', [x.name, graph.ints([start]), graph.ints([stop]), graph.ints([axis])]);
    return { ...x, name, shape: x.shape.with(axis, stop - start) };
  }

  /** The cells of axes from the last to the first. */
  reversed(x: Value, axes: readonly number[]): Value {
    const fill = (n: number) => this.graph.ints(axes.map(() => n));
    const ends = [fill(-1), fill(Number.MIN_SAFE_INTEGER), this.graph.ints(axes), fill(-1)];
    return { ...x, name: this.graph.op('Slice', [x.name, ...ends]) };
  }

  /** Cells of one value around a tensor; ONNX's other modes too. Negative widths cut. */
  pad(x: Value, widths: readonly (readonly [number, number])[], value = 0, mode = 'constant'): Value {
    if (widths.every(([a, b]) => a === 0 && b === 0)) return x;
    const pads = this.graph.ints([...widths.map(([a]) => a), ...widths.map(([, b]) => b)]);
    const fill = mode === 'constant' ? [this.graph.constant(x.datatype, [value], [])] : [];
    const shape = x.shape.map((size, i) => {
      const [before, after] = widths[i] as readonly [number, number];
      return size === null ? null : size + before + after;
    });
    return { ...x, name: this.graph.op('Pad', [x.name, pads, ...fill], { mode }), shape };
  }

  matmul(a: Value, b: Value): Value {
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2), 'a matrix product');
    const shape = [...batch, a.shape.at(-2) ?? null, b.shape.at(-1) ?? null];
    return { ...a, name: this.graph.op('MatMul', [a.name, b.name]), shape };
  }

  /** The sum so far along an axis. */
  cumulate(x: Value, axis: number, attributes: Record<string, Attribute> = {}): Value {
    return { ...x, name: this.graph.op('CumSum', [x.name, this.graph.int(axis)], attributes) };
  }

  /** Largest first, with their places; all of the axis unless `count` says how many. */
  sorted(x: Value, axis: number, largest: boolean, count?: number): readonly [values: Value, places: Value] {
    const { graph } = this;
    const size = count ?? x.shape[axis] ?? null;
    const k = count === undefined ? graph.op('Shape', [x.name], { start: axis, end: axis + 1 }) : graph.ints([count]);
    const shape = x.shape.with(axis, size);
    const [values, places] = graph.ops('TopK', [x.name, k], 2, { axis, largest: largest ? 1 : 0 }) as [string, string];
    return [
      { ...x, name: values, shape },
      { ...x, name: places, shape, datatype: 'int64' },
    ];
  }
}

/** Axes counted from the front; none given means all. */
export function frontAxes(axes: readonly number[] | undefined, rank: number, where: string): number[] {
  return axes === undefined
    ? Array.from({ length: rank }, (_, i) => i)
    : axes.map((axis) => positiveAxis(axis, rank, where));
}

/** The size of an axis, which must be fixed. */
export function fixedSize(x: Value, axis: number, where: string): number {
  const size = x.shape[axis];
  if (typeof size !== 'number') throw badCall('an axis of fixed size', where, size);
  return size;
}
