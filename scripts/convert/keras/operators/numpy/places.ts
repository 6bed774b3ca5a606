import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  constantOf,
  datatypeNamed,
  integer,
  integers,
  numberIn,
  type Operand,
  omitted,
  positiveAxis,
} from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, operator } from '../operator.ts';
import { fixedSize, type Tensors } from '../tensors.ts';

/** Places as tensors of integers; negative ones count from the end of an axis where `size` is given. */
export function placesOf(to: Tensors, operand: Operand, where: string): Value {
  const constant = constantOf(operand);
  const places = constant
    ? to.constant('int64', constant.values.map(Math.trunc), constant.dims)
    : to.of(operand, where);
  return places.datatype === 'int64' || places.datatype === 'int32' ? places : to.cast(places, 'int32');
}

/** For each place the part of the tensor that stands there along an axis. */
function taken(to: Tensors, x: Value, places: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)];
  return { ...x, name: to.graph.op('Gather', [x.name, places.name], { axis }), shape };
}

/** The same where each row of the first `batch` axes has places of its own. */
function takenInBatches(to: Tensors, x: Value, places: Value, axis: number, batch: number): Value {
  if (batch === 0) return taken(to, x, places, axis);
  if (axis !== batch) throw badCall(`axis ${batch}`, `a gather with ${batch} batch axes`, axis);
  const [rows, cells] = [batch, places.shape.length];
  // GatherND's places are the last axis: one number each.
  const name = to.graph.op('GatherND', [x.name, to.cast(to.expand(places, cells), 'int64').name], { batch_dims: rows });
  return { ...x, name, shape: [...places.shape, ...x.shape.slice(rows + 1)] };
}

function take(to: Tensors, given: Operand, indices: Operand, axis: Operand, batch = 0): Value {
  const value = to.of(given, 'the operand of take', 'float32');
  const all = omitted(axis);
  const x = all ? to.flat(value) : value;
  const along = all ? 0 : axisOf(axis, x, 'take');
  return takenInBatches(to, x, placesOf(to, indices, 'the places to take'), along, batch);
}

function gatherNd(to: Tensors, given: Operand, indices: Operand, batch: number): Value {
  const x = to.of(given, 'the operand of gather_nd', 'float32');
  const places = to.cast(placesOf(to, indices, 'the places to gather'), 'int64');
  const width = fixedSize(places, places.shape.length - 1, 'the places of gather_nd');
  const name = to.graph.op('GatherND', [x.name, places.name], { batch_dims: batch });
  return { ...x, name, shape: [...places.shape.slice(0, -1), ...x.shape.slice(batch + width)] };
}

/** Ones where each number says, along a new axis; rows of zeros for numbers outside. */
function oneHot(
  to: Tensors,
  places: Value,
  count: number,
  axis: number,
  values: readonly [off: number, on: number],
  datatype: Value['datatype'],
): Value {
  const rank = places.shape.length + 1;
  const at = positiveAxis(axis, rank, 'OneHot');
  const dims = Array.from({ length: rank }, (_, i) => (i === at ? count : 1));
  const classes = to.constant(
    'int32',
    Array.from({ length: count }, (_, i) => i),
    dims,
  );
  const same = to.compare('Equal', to.cast(to.expand(places, at), 'int32'), classes);
  const [off, on] = values;
  if (off === 0 && on === 1) return to.cast(same, datatype);
  return to.cast(to.where(same, to.constant('float32', [on], []), to.constant('float32', [off], [])), datatype);
}

function typeOf(dtype: Operand): Value['datatype'] {
  return omitted(dtype) ? 'float32' : datatypeNamed(dtype);
}

/** Moves cells around a ring. */
function rolled(to: Tensors, x: Value, shift: number, axis: number): Value {
  const size = fixedSize(x, axis, 'Roll');
  return to.gather(
    x,
    Array.from({ length: size }, (_, i) => (((i - shift) % size) + size) % size),
    axis,
  );
}

/** Parts of a tensor put into another at given places. */
function scattered(to: Tensors, x: Value, indices: Operand, updates: Value, reduction: string): Value {
  const places = to.cast(placesOf(to, indices, 'the places to write'), 'int64');
  const same = to.cast(updates, x.datatype);
  const name = to.graph.op('ScatterND', [x.name, places.name, same.name], { reduction });
  return { ...x, name };
}

const REDUCTIONS: Readonly<Record<string, string>> = { add: 'add', max: 'max', min: 'min', mul: 'mul' };

/** Taking by place, sorting, and what is made of places. */
export const PLACES: readonly OperatorDefinition[] = [
  operator(['Take'], [], ['x', 'indices', 'axis'], (to, { x, indices, axis }) => take(to, x, indices, axis)),
  operator(
    [],
    ['gather', 'keras.backend.gather'],
    ['params|reference', 'indices', 'validate_indices', 'axis', 'batch_dims'],
    (to, { params, indices, axis, batch_dims }) => {
      const batch = integer(batch_dims, 'batch_dims of gather', 0);
      return take(to, params, indices, axis ?? batch, batch < 0 ? batch + 1 : batch);
    },
  ),
  operator(
    [],
    ['nn.embedding_lookup'],
    ['params', 'ids', 'partition_strategy', 'validate_indices', 'max_norm'],
    (to, { params, ids, max_norm }) => {
      if (max_norm !== undefined && max_norm !== null) throw badCall('None', 'max_norm of embedding_lookup', max_norm);
      return take(to, params, ids, 0);
    },
  ),
  operator(
    [],
    ['gather_nd'],
    ['params', 'indices', 'batch_dims', 'bad_indices_policy'],
    (to, { params, indices, batch_dims }) =>
      gatherNd(to, params, indices, integer(batch_dims, 'batch_dims of gather_nd', 0)),
  ),
  onKerasOrder(['TakeAlongAxis'], [], ['x', 'indices', 'axis'], (to, value, { indices, axis }) => {
    const all = axis === null;
    const x = all ? to.flat(value) : value;
    const places = placesOf(to, indices, 'the places to take');
    const along = all ? 0 : axisOf(axis, x, 'take_along_axis', -1);
    const wide = x.shape.map((size, i) => (i === along ? (places.shape[i] ?? null) : size));
    if (String(places.shape) !== String(wide))
      throw badCall(`places of shape [${wide}]`, 'take_along_axis', places.shape);
    return { ...x, name: to.graph.op('GatherElements', [x.name, places.name], { axis: along }), shape: wide };
  }),
  operator(
    ['OneHot'],
    [],
    ['x', 'num_classes', 'axis', 'dtype', 'sparse'],
    (to, { x, num_classes, axis, dtype, sparse }) => {
      if (sparse === true) throw badCall('false', 'sparse of OneHot', sparse);
      const count = integer(num_classes, 'num_classes of OneHot');
      return oneHot(
        to,
        placesOf(to, x, 'the operand of OneHot'),
        count,
        integer(axis, 'axis of OneHot', -1),
        [0, 1],
        typeOf(dtype),
      );
    },
  ),
  operator(
    [],
    ['one_hot', 'keras.backend.one_hot'],
    ['indices', 'depth|num_classes', 'on_value', 'off_value', 'axis', 'dtype'],
    (to, { indices, depth, on_value, off_value, axis, dtype }) => {
      const values = [numberIn(off_value, 'off_value', 0), numberIn(on_value, 'on_value', 1)] as const;
      const count = integer(depth, 'the depth of one_hot');
      return oneHot(
        to,
        placesOf(to, indices, 'the operand of one_hot'),
        count,
        integer(axis, 'axis of one_hot', -1),
        values,
        typeOf(dtype),
      );
    },
  ),
  onKerasOrder(
    ['MultiHot'],
    [],
    ['inputs', 'num_classes|num_tokens', 'axis', 'dtype', 'sparse'],
    (to, x, { num_classes, axis, dtype, sparse }) => {
      if (sparse === true) throw badCall('false', 'sparse of MultiHot', sparse);
      const count = integer(num_classes, 'num_classes of MultiHot');
      const hot = oneHot(to, to.cast(x, 'int32'), count, integer(axis, 'axis of MultiHot', -1), [0, 1], typeOf(dtype));
      // One place is a row of its own, more of them are one row together.
      return x.shape.length === 1 ? to.reduce('ReduceMax', hot, [0]) : to.reduce('ReduceMax', hot, [1]);
    },
  ),
  onKerasOrder(['Roll'], ['roll'], ['x|input', 'shift', 'axis'], (to, x, { shift, axis }) => {
    const shifts = integers(shift, 'the shift of Roll');
    if (omitted(axis)) {
      return to.reshape(rolled(to, to.flat(x), shifts[0] as number, 0), x.shape);
    }
    const axes = integers(axis, 'the axes of Roll').map((one) => positiveAxis(one, x.shape.length, 'Roll'));
    return axes.reduce((y, along, i) => rolled(to, y, shifts[shifts.length === 1 ? 0 : i] as number, along), x);
  }),
  operator(
    ['Slice'],
    ['slice'],
    ['inputs|input_', 'start_indices|begin', 'shape|size'],
    (to, { inputs, start_indices, shape }) => {
      const x = to.of(inputs, 'the operand of slice');
      const sizes = integers(shape, 'the sizes of slice');
      return integers(start_indices, 'the beginnings of slice').reduce((y, start, axis) => {
        const size = sizes[axis] as number;
        if (start === 0 && (size === -1 || size === y.shape[axis])) return y;
        if (size !== -1) return to.slice(y, axis, start, start + size);
        return to.slice(y, axis, start, fixedSize(y, axis, 'slice'));
      }, x);
    },
  ),
  operator(['SliceUpdate'], [], ['inputs', 'start_indices', 'updates'], (to, { inputs, start_indices, updates }) => {
    const x = to.of(inputs, 'the operand of slice_update');
    const part = to.cast(to.of(updates, 'the part of slice_update'), x.datatype);
    const starts = integers(start_indices, 'the beginnings of slice_update');
    const widths = starts.map((start, axis) => {
      if (start === 0 && part.shape[axis] === x.shape[axis]) return [0, 0] as const;
      return [start, fixedSize(x, axis, 'slice_update') - start - fixedSize(part, axis, 'slice_update')] as const;
    });
    const there = to.pad(to.cast({ ...part, name: filledLike(to, part, 1) }, part.datatype), widths);
    return to.where(there, to.pad(part, widths), x);
  }),
  operator(['Scatter'], ['scatter_nd'], ['indices', 'values|updates', 'shape'], (to, { indices, values, shape }) => {
    const updates = to.of(values, 'what is scattered', 'float32');
    const sizes = integers(shape, 'the shape of scatter');
    const count = sizes.reduce((n, size) => n * size, 1);
    return scattered(to, to.constant(updates.datatype, Array<number>(count).fill(0), sizes), indices, updates, 'add');
  }),
  onKerasOrder(
    ['ScatterUpdate'],
    ['tensor_scatter_nd_update'],
    ['inputs|tensor', 'indices', 'updates', 'reduction'],
    (to, x, { indices, updates, reduction }) => {
      const how = omitted(reduction) ? 'none' : REDUCTIONS[String(reduction)];
      if (how === undefined)
        throw badCall(Object.keys(REDUCTIONS).join(', '), 'the reduction of scatter_update', reduction);
      return scattered(to, x, indices, to.of(updates, 'what is written', x.datatype), how);
    },
  ),
];

function filledLike(to: Tensors, x: Value, value: number): string {
  return to.graph.op('Expand', [to.graph.constant(x.datatype, [value], []), to.graph.op('Shape', [x.name])]);
}
