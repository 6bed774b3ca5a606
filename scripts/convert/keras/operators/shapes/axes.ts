import type { Shape } from '#keras';
import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  integer,
  integers,
  isValue,
  knownSizes,
  type Operand,
  omitted,
  positiveAxis,
} from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';
import { getItem } from './get-item.ts';

/** Tensors of one datatype. */
function list(to: Tensors, operand: Operand, where: string): Value[] {
  // A list of one tensor is written as that tensor. `tf.concat([tf.shape(x), []], 0)` has a part of nothing.
  const items = (Array.isArray(operand) ? operand : [operand]) as readonly Operand[];
  return to.alike(
    items.filter((item) => !(Array.isArray(item) && item.length === 0)),
    where,
  );
}

function transposed(to: Tensors, value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis] ?? null);
  return { ...value, name: to.graph.op('Transpose', [value.name], { perm }), shape };
}

function shifted(axes: readonly number[], rank: number, where: string): number[] {
  return axes.map((axis) => positiveAxis(axis, rank, where));
}

function joined(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}

function concatenated(to: Tensors, values: readonly Value[], axis: number): Value {
  const [first] = values as [Value];
  const along = positiveAxis(axis, first.shape.length, 'Concatenate');
  const name = to.graph.op(
    'Concat',
    values.map((value) => value.name),
    { axis: along },
  );
  const shape = first.shape.map((size, i) => (i === along ? joined(values.map((v) => v.shape[i] ?? null)) : size));
  return { ...first, name, shape };
}

function split(to: Tensors, value: Value, sections: Operand, axis: number, cuts: boolean): Value[] {
  const along = positiveAxis(axis, value.shape.length, 'Split');
  const size = value.shape[along];
  if (typeof size !== 'number') throw badCall('an axis of fixed size', 'Split', size);
  const sizes = sectionSizes(sections, size, cuts);
  const names = to.graph.ops('Split', [value.name, to.graph.ints(sizes)], sizes.length, { axis: along });
  return names.map((name, i) => {
    const shape = value.shape.map((other, j) => (j === along ? (sizes[i] as number) : other));
    return { ...value, name, shape };
  });
}

/** Keras's list is of places to cut at, TensorFlow's of sizes. */
function sectionSizes(sections: Operand, size: number, cuts: boolean): number[] {
  const numbers = integers(sections, 'the sections of Split');
  if (!Array.isArray(sections))
    return Array.from({ length: numbers[0] as number }, () => size / (numbers[0] as number));
  if (!cuts) {
    const rest = size - numbers.filter((n) => n !== -1).reduce((sum, n) => sum + n, 0);
    return numbers.map((n) => (n === -1 ? rest : n));
  }
  return [...numbers, size].map((end, i) => end - (i === 0 ? 0 : (numbers[i - 1] as number)));
}

function withoutAxes(shape: Shape, axes: readonly number[]): Shape {
  return shape.filter((_, i) => !axes.includes(i));
}

/** Operators that move, join and cut axes. */
export const AXES: readonly OperatorDefinition[] = [
  getItem,
  onKerasOrder(
    ['Transpose'],
    ['transpose', 'keras.backend.permute_dimensions'],
    ['x|a', 'axes|perm|pattern'],
    (to, value, { axes }) => {
      const rank = value.shape.length;
      const reversed = Array.from({ length: rank }, (_, i) => rank - 1 - i);
      const given = omitted(axes) ? reversed : integers(axes, 'the axes of Transpose');
      return transposed(to, value, shifted(given, rank, 'Transpose'));
    },
  ),
  onKerasOrder(['Swapaxes'], [], ['x', 'axis1', 'axis2'], (to, value, { axis1, axis2 }) => {
    const [a, b] = shifted([integer(axis1, 'axis1'), integer(axis2, 'axis2')], value.shape.length, 'Swapaxes');
    const perm = value.shape.map((_, i) => (i === a ? (b as number) : i === b ? (a as number) : i));
    return transposed(to, value, perm);
  }),
  onKerasOrder(['Moveaxis'], [], ['x', 'source', 'destination'], (to, value, { source, destination }) => {
    const rank = value.shape.length;
    const from = shifted(integers(source, 'source'), rank, 'Moveaxis');
    const target = shifted(integers(destination, 'destination'), rank, 'Moveaxis');
    const rest = value.shape.map((_, i) => i).filter((i) => !from.includes(i));
    const perm = value.shape.map((_, i) =>
      target.includes(i) ? (from[target.indexOf(i)] as number) : (rest.shift() as number),
    );
    return transposed(to, value, perm);
  }),
  onKerasOrder(
    ['ExpandDims'],
    ['expand_dims', 'keras.backend.expand_dims'],
    ['x|input', 'axis'],
    (to, value, { axis }) => {
      const rank = value.shape.length + integers(axis, 'the axis of ExpandDims').length;
      const axes = shifted(integers(axis, 'the axis of ExpandDims'), rank, 'ExpandDims');
      const sizes = [...value.shape];
      const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (sizes.shift() ?? null)));
      return { ...value, name: to.graph.op('Unsqueeze', [value.name, to.graph.ints(axes)]), shape };
    },
  ),
  onKerasOrder(['Squeeze'], ['squeeze', 'keras.backend.squeeze'], ['x|input', 'axis'], (to, value, { axis }) => {
    const none = omitted(axis) || (Array.isArray(axis) && axis.length === 0);
    const axes = none
      ? value.shape.flatMap((size, i) => (size === 1 ? [i] : []))
      : shifted(integers(axis, 'the axis of Squeeze'), value.shape.length, 'Squeeze');
    const name = to.graph.op('Squeeze', [value.name, to.graph.ints(axes)]);
    return { ...value, name, shape: withoutAxes(value.shape, axes) };
  }),
  operator(
    ['Concatenate'],
    ['concat', 'keras.backend.concatenate'],
    ['xs|values|tensors', 'axis'],
    (to, { xs, axis }) =>
      concatenated(to, list(to, xs, 'the operands of Concatenate'), integer(axis, 'the axis of Concatenate', -1)),
  ),
  operator(['Stack'], ['stack', 'keras.backend.stack'], ['x|values', 'axis'], (to, { x, axis }) => {
    const values = list(to, x, 'the operands of Stack');
    const rank = (values[0] as Value).shape.length + 1;
    const along = positiveAxis(integer(axis, 'the axis of Stack', 0), rank, 'Stack');
    const at = to.graph.ints([along]);
    const single = values.map((value): Value => {
      const shape = [...value.shape.slice(0, along), 1, ...value.shape.slice(along)];
      return { ...value, name: to.graph.op('Unsqueeze', [value.name, at]), shape };
    });
    return concatenated(to, single, along);
  }),
  onKerasOrder(['Unstack'], ['unstack'], ['x|value', 'num', 'axis'], (to, value, { axis }) => {
    const along = axisOf(axis, value, 'Unstack', 0);
    const at = to.graph.ints([along]);
    return split(to, value, value.shape[along], along, false).map((part) => {
      const shape = withoutAxes(part.shape, [along]);
      return { ...part, name: to.graph.op('Squeeze', [part.name, at]), shape };
    });
  }),
  onKerasOrder(['Split'], [], ['x', 'indices_or_sections', 'axis'], (to, value, { indices_or_sections, axis }) =>
    split(to, value, indices_or_sections, integer(axis, 'the axis of Split', 0), true),
  ),
  onKerasOrder([], ['split'], ['value', 'num_or_size_splits', 'axis', 'num'], (to, value, operands) =>
    split(to, value, operands.num_or_size_splits, integer(operands.axis, 'the axis of Split', 0), false),
  ),
  onKerasOrder(
    ['Tile'],
    ['tile', 'keras.backend.tile'],
    ['x|input', 'repeats|multiples|n'],
    (to, value, { repeats }) => {
      if (isValue(repeats) && !knownSizes(repeats)) {
        const name = to.graph.op('Tile', [value.name, to.cast(repeats, 'int64').name]);
        return { ...value, name, shape: value.shape.map(() => null) };
      }
      const times = integers(repeats, 'the repeats of Tile');
      const missing = Array.from({ length: Math.max(0, value.shape.length - times.length) }, () => 1);
      const all = [...missing, ...times];
      if (all.length > value.shape.length) throw badCall(`${value.shape.length} repeats`, 'Tile', times);
      const shape = value.shape.map((size, i) => (size === null ? null : size * (all[i] as number)));
      return { ...value, name: to.graph.op('Tile', [value.name, to.graph.ints(all)]), shape };
    },
  ),
  onKerasOrder(['Flip'], ['reverse', 'keras.backend.reverse'], ['x|tensor', 'axis|axes'], (to, value, { axis }) => {
    const all = value.shape.map((_, i) => i);
    const axes = omitted(axis) ? all : shifted(integers(axis, 'the axis of Flip'), all.length, 'Flip');
    return to.reversed(value, axes);
  }),
];
