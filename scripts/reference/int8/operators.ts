import type { NodeProto } from '#onnx';
import { add, concat, type Doubles, map, multiply, transpose, wrong } from '../evaluator/doubles.ts';
import { integers, real, text, whole } from './attributes.ts';
import { pool } from './windows.ts';

/** Computes an operator with what stored numbers stand for. @param shape of the result, where the operator does not say it */
type Executor = (node: NodeProto, inputs: readonly Doubles[], shape: readonly number[]) => Doubles;

const first = (inputs: readonly Doubles[]) => inputs[0] as Doubles;
const second = (inputs: readonly Doubles[]) => inputs[1] as Doubles;
const sameOrder: Executor = (_, inputs, shape) => ({ shape: [...shape], data: first(inputs).data });

const averaged: Executor = (_, inputs) => {
  const { shape, data } = first(inputs);
  const size = shape.slice(2).reduce((all, one) => all * one, 1);
  const means = Float64Array.from({ length: data.length / size }, (_, i) => {
    let sum = 0;
    for (let at = 0; at < size; at++) sum += data[i * size + at] as number;
    return sum / size;
  });
  return { shape: shape.map((one, axis) => (axis < 2 ? one : 1)), data: means };
};

const ROUNDING: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

const COORDINATES: Readonly<Record<string, (at: number, to: number, from: number) => number>> = {
  half_pixel: (at, to, from) => (at + 0.5) * (from / to) - 0.5,
  pytorch_half_pixel: (at, to, from) => (to > 1 ? (at + 0.5) * (from / to) - 0.5 : 0),
  asymmetric: (at, to, from) => at * (from / to),
  align_corners: (at, to, from) => (to > 1 ? at * ((from - 1) / (to - 1)) : 0),
};

const nearest: Executor = (node, inputs, shape) => {
  const x = first(inputs);
  const way = COORDINATES[text(node, 'coordinate_transformation_mode') ?? 'half_pixel'];
  const round = ROUNDING[text(node, 'nearest_mode') ?? 'round_prefer_floor'];
  if (!way || !round) throw wrong('a way of resizing that is known here', 'Resize', 'another');
  const sources = shape.map((to, axis) => {
    const from = x.shape[axis] as number;
    return Array.from({ length: to }, (_, at) => Math.min(Math.max(round(way(at, to, from)), 0), from - 1));
  });
  const data = new Float64Array(shape.reduce((all, one) => all * one, 1));
  for (let i = 0; i < data.length; i++) {
    let [rest, from, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      from += (sources[axis]?.[rest % size] as number) * stride;
      rest = Math.floor(rest / size);
      stride *= x.shape[axis] as number;
    }
    data[i] = x.data[from] as number;
  }
  return { shape: [...shape], data };
};

/** By ONNX's names. */
export const EXECUTORS: Readonly<Record<string, Executor>> = {
  Add: (_, inputs) => add(first(inputs), second(inputs)),
  Mul: (_, inputs) => multiply(first(inputs), second(inputs)),
  Concat: (node, inputs) => {
    const axis = whole(node, 'axis', 0);
    return concat([...inputs], axis < 0 ? axis + first(inputs).shape.length : axis);
  },
  AveragePool: (node, inputs) => pool(node, first(inputs), 'average'),
  MaxPool: (node, inputs) => pool(node, first(inputs), 'max'),
  GlobalAveragePool: averaged,
  Sigmoid: (_, inputs) => map(first(inputs), (x) => 1 / (1 + Math.exp(-x))),
  LeakyRelu: (node, inputs) => map(first(inputs), (x) => (x < 0 ? x * real(node, 'alpha', 0.01) : x)),
  Transpose: (node, inputs) => {
    const axes = first(inputs).shape.map((_, axis) => axis);
    return transpose(first(inputs), integers(node, 'perm') ?? axes.reverse());
  },
  Reshape: sameOrder,
  Flatten: sameOrder,
  Squeeze: sameOrder,
  Unsqueeze: sameOrder,
  Resize: nearest,
};
