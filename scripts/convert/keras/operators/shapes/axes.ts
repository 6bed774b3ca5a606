import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { asKeras } from '#onnx';
import { isValue, knownSizes } from '../operand.ts';
import {
  badCall,
  cast,
  integer,
  integers,
  type Operand,
  type OperatorDefinition,
  onKerasOrder,
  positiveAxis,
  tensorOf,
  wider,
} from '../operator.ts';
import { Tensors } from '../tensors.ts';
import { getItem } from './get-item.ts';

/** Tensors of one datatype. */
function list(graph: GraphBuilder, operand: Operand | undefined, where: string): Value[] {
  // A list of one tensor is written as that tensor. `tf.concat([tf.shape(x), []], 0)` has a part of nothing.
  const items = (Array.isArray(operand) ? operand : [operand]) as readonly Operand[];
  const given = items.filter((item) => !(Array.isArray(item) && item.length === 0));
  const values = given.map((item) => asKeras(graph, tensorOf(graph, item, where)));
  const datatype = values.map((value) => value.datatype).reduce(wider);
  return values.map((value) => cast(graph, value, datatype));
}

function transposed(graph: GraphBuilder, value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis] ?? null);
  return { ...value, name: graph.op('Transpose', [value.name], { perm }), shape };
}

function shifted(axes: readonly number[], rank: number, where: string): number[] {
  return axes.map((axis) => positiveAxis(axis, rank, where));
}

function joined(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}

function concatenated(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  const [first] = values as [Value];
  const along = positiveAxis(axis, first.shape.length, 'Concatenate');
  const name = graph.op(
    'Concat',
    values.map((value) => value.name),
    { axis: along },
  );
  const shape = first.shape.map((size, i) => (i === along ? joined(values.map((v) => v.shape[i] ?? null)) : size));
  return { ...first, name, shape };
}

function split(graph: GraphBuilder, value: Value, sections: Operand | undefined, axis: number, cuts: boolean): Value[] {
  const along = positiveAxis(axis, value.shape.length, 'Split');
  const size = value.shape[along];
  if (typeof size !== 'number') throw badCall('an axis of fixed size', 'Split', size);
  const sizes = sectionSizes(sections, size, cuts);
  const names = graph.ops('Split', [value.name, graph.ints(sizes)], sizes.length, { axis: along });
  return names.map((name, i) => {
    const shape = value.shape.map((other, j) => (j === along ? (sizes[i] as number) : other));
    return { ...value, name, shape };
  });
}

/** Keras's list is of places to cut at, TensorFlow's of sizes. */
function sectionSizes(sections: Operand | undefined, size: number, cuts: boolean): number[] {
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
    (graph, value, { axes }) => {
      const rank = value.shape.length;
      const reversed = Array.from({ length: rank }, (_, i) => rank - 1 - i);
      const given = axes === undefined || axes === null ? reversed : integers(axes, 'the axes of Transpose');
      return transposed(graph, value, shifted(given, rank, 'Transpose'));
    },
  ),
  onKerasOrder(['Swapaxes'], [], ['x', 'axis1', 'axis2'], (graph, value, { axis1, axis2 }) => {
    const [a, b] = shifted([integer(axis1, 'axis1'), integer(axis2, 'axis2')], value.shape.length, 'Swapaxes');
    const perm = value.shape.map((_, i) => (i === a ? (b as number) : i === b ? (a as number) : i));
    return transposed(graph, value, perm);
  }),
  onKerasOrder(['Moveaxis'], [], ['x', 'source', 'destination'], (graph, value, { source, destination }) => {
    const rank = value.shape.length;
    const from = shifted(integers(source, 'source'), rank, 'Moveaxis');
    const to = shifted(integers(destination, 'destination'), rank, 'Moveaxis');
    const rest = value.shape.map((_, i) => i).filter((i) => !from.includes(i));
    const perm = value.shape.map((_, i) =>
      to.includes(i) ? (from[to.indexOf(i)] as number) : (rest.shift() as number),
    );
    return transposed(graph, value, perm);
  }),
  onKerasOrder(
    ['ExpandDims'],
    ['expand_dims', 'keras.backend.expand_dims'],
    ['x|input', 'axis'],
    (graph, value, { axis }) => {
      const rank = value.shape.length + integers(axis, 'the axis of ExpandDims').length;
      const axes = shifted(integers(axis, 'the axis of ExpandDims'), rank, 'ExpandDims');
      const sizes = [...value.shape];
      const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (sizes.shift() ?? null)));
      return { ...value, name: graph.op('Unsqueeze', [value.name, graph.ints(axes)]), shape };
    },
  ),
  onKerasOrder(['Squeeze'], ['squeeze', 'keras.backend.squeeze'], ['x|input', 'axis'], (graph, value, { axis }) => {
    const none = axis === undefined || axis === null || (Array.isArray(axis) && axis.length === 0);
    const axes = none
      ? value.shape.flatMap((size, i) => (size === 1 ? [i] : []))
      : shifted(integers(axis, 'the axis of Squeeze'), value.shape.length, 'Squeeze');
    const name = graph.op('Squeeze', [value.name, graph.ints(axes)]);
    return { ...value, name, shape: withoutAxes(value.shape, axes) };
  }),
  {
    keras: ['Concatenate'],
    tensorflow: ['concat', 'keras.backend.concatenate'],
    parameters: ['xs|values|tensors', 'axis'],
    emit: (graph, { xs, axis }) =>
      concatenated(graph, list(graph, xs, 'the operands of Concatenate'), integer(axis, 'the axis of Concatenate', -1)),
  },
  {
    keras: ['Stack'],
    tensorflow: ['stack', 'keras.backend.stack'],
    parameters: ['x|values', 'axis'],
    emit: (graph, { x, axis }) => {
      const values = list(graph, x, 'the operands of Stack');
      const rank = (values[0] as Value).shape.length + 1;
      const along = positiveAxis(integer(axis, 'the axis of Stack', 0), rank, 'Stack');
      const at = graph.ints([along]);
      const single = values.map((value): Value => {
        const shape = [...value.shape.slice(0, along), 1, ...value.shape.slice(along)];
        return { ...value, name: graph.op('Unsqueeze', [value.name, at]), shape };
      });
      return concatenated(graph, single, along);
    },
  },
  onKerasOrder(['Unstack'], ['unstack'], ['x|value', 'num', 'axis'], (graph, value, { axis }) => {
    const along = positiveAxis(integer(axis, 'the axis of Unstack', 0), value.shape.length, 'Unstack');
    const at = graph.ints([along]);
    return split(graph, value, value.shape[along], along, false).map((part) => {
      const shape = withoutAxes(part.shape, [along]);
      return { ...part, name: graph.op('Squeeze', [part.name, at]), shape };
    });
  }),
  onKerasOrder(['Split'], [], ['x', 'indices_or_sections', 'axis'], (graph, value, { indices_or_sections, axis }) =>
    split(graph, value, indices_or_sections, integer(axis, 'the axis of Split', 0), true),
  ),
  onKerasOrder([], ['split'], ['value', 'num_or_size_splits', 'axis', 'num'], (graph, value, operands) =>
    split(graph, value, operands.num_or_size_splits, integer(operands.axis, 'the axis of Split', 0), false),
  ),
  onKerasOrder(
    ['Tile'],
    ['tile', 'keras.backend.tile'],
    ['x|input', 'repeats|multiples|n'],
    (graph, value, { repeats }) => {
      if (isValue(repeats) && !knownSizes(repeats)) {
        const name = graph.op('Tile', [value.name, cast(graph, repeats, 'int64').name]);
        return { ...value, name, shape: value.shape.map(() => null) };
      }
      const times = integers(repeats, 'the repeats of Tile');
      const missing = Array.from({ length: Math.max(0, value.shape.length - times.length) }, () => 1);
      const all = [...missing, ...times];
      if (all.length > value.shape.length) throw badCall(`${value.shape.length} repeats`, 'Tile', times);
      const shape = value.shape.map((size, i) => (size === null ? null : size * (all[i] as number)));
      return { ...value, name: graph.op('Tile', [value.name, graph.ints(all)]), shape };
    },
  ),
  onKerasOrder(['Flip'], ['reverse', 'keras.backend.reverse'], ['x|tensor', 'axis|axes'], (graph, value, { axis }) => {
    const all = value.shape.map((_, i) => i);
    const axes =
      axis === undefined || axis === null ? all : shifted(integers(axis, 'the axis of Flip'), all.length, 'Flip');
    return new Tensors(graph).reversed(value, axes);
  }),
];
