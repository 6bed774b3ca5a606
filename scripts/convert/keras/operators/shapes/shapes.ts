import type { Shape } from '#keras';
import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  broadcastShape,
  constantOf,
  datatypeNamed,
  integer,
  integers,
  isValue,
  numberIn,
  type Operand,
  type Operands,
  omitted,
  type Sizes,
  sizesOf,
} from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, onTensor, operator } from '../operator.ts';
import { fixedSize, type Tensors } from '../tensors.ts';

/** Sizes that are worked out while the model runs, as ONNX wants them. */
function sizesTensor(to: Tensors, operand: Operand): string {
  const int64 = (value: Value) => to.graph.op('Reshape', [to.cast(value, 'int64').name, to.graph.ints([-1])]);
  if (isValue(operand)) return int64(operand);
  if (!Array.isArray(operand)) return to.graph.ints(integers(operand, 'a size'));
  const parts = operand.map((item: Operand) =>
    isValue(item) ? int64(item) : to.graph.ints(item === null ? [-1] : integers(item, 'a size')),
  );
  return to.graph.op('Concat', parts, { axis: 0 });
}

/** What stands in a shape that is given as numbers, as a tensor of sizes or as a list of both. */
function shapeGiven(operand: Operand, where: string): { sizes: Sizes; running: boolean } {
  const sizes = sizesOf(operand);
  if (sizes) return { sizes, running: !sizes.every((size) => typeof size === 'number') };
  const constant = constantOf(operand);
  if (constant?.values.every(Number.isInteger)) return { sizes: constant.values, running: false };
  if (!isValue(operand)) throw badCall('sizes', where, operand);
  const count = operand.shape[0];
  if (typeof count !== 'number') throw badCall('a fixed number of axes', where, operand.shape);
  return { sizes: Array.from({ length: count }, () => undefined), running: true };
}

/** The size that a -1 stands for, if it can be known: where one free size at most stands on each side, and is the same. */
function rest(from: Shape, to: Sizes): number | null {
  const free = from.filter((size) => size === null).length;
  if (to.includes(undefined) || free > 1 || to.filter((size) => size === null).length !== free) return null;
  if (free === 1 && from[0] !== null) return null;
  if (free === 1 && to[0] !== null) return null;
  const total = from.reduce<number>((n, size) => n * (size ?? 1), 1);
  return total / to.reduce<number>((n, size) => n * (size === -1 ? 1 : (size ?? 1)), 1);
}

function reshaped(to: Tensors, value: Value, operand: Operand): Value {
  const { sizes, running } = shapeGiven(operand, 'the shape of Reshape');
  const target = running ? sizesTensor(to, operand as Operand) : to.graph.ints(sizes as number[]);
  const shape = sizes.map((size) => (size === -1 ? rest(value.shape, sizes) : (size ?? null)));
  return { ...value, name: to.graph.op('Reshape', [value.name, target]), shape };
}

/** Every size of NumPy's repeat: one for all cells, or one for each. */
function repeated(to: Tensors, value: Value, repeats: Operand, axis: Operand): Value {
  const flat = omitted(axis);
  const x = flat ? to.flat(value) : value;
  const along = flat ? 0 : axisOf(axis, x, 'Repeat');
  const size = fixedSize(x, along, 'Repeat');
  const times = integers(repeats, 'the repeats of Repeat');
  if (times.length !== 1 && times.length !== size)
    throw badCall(`1 or ${size} numbers`, 'the repeats of Repeat', times);
  const places = Array.from({ length: size }, (_, i) => i);
  return to.gather(
    x,
    places.flatMap((i) => Array<number>(times[times.length === 1 ? 0 : i] as number).fill(i)),
    along,
  );
}

/** Where NumPy's `symmetric` finds the cell at a place outside: the border is seen twice. */
function mirrored(place: number, size: number): number {
  const turn = ((place % (2 * size)) + 2 * size) % (2 * size);
  return turn < size ? turn : 2 * size - 1 - turn;
}

const MODES = ['constant', 'reflect', 'edge', 'symmetric'];

function padded(to: Tensors, value: Value, widths: Operand, mode: Operand, fill: number) {
  const known = typeof mode === 'string' ? mode.toLowerCase() : 'constant';
  if (!MODES.includes(known)) throw badCall(MODES.join(', '), 'the mode of Pad', mode);
  const given = constantOf(widths);
  if (!given?.values.every(Number.isInteger)) throw badCall('whole numbers', 'the widths of Pad', widths);
  const all = given.values.length === 1 ? [...given.values, ...given.values] : given.values;
  const each = value.shape.map((_, i) => {
    const at = all.length === 2 ? 0 : 2 * i;
    return [all[at] as number, all[at + 1] as number] as const;
  });
  if (all.length !== 2 && all.length !== 2 * value.shape.length) {
    throw badCall(`two widths for each of ${value.shape.length} axes`, 'Pad', widths);
  }
  if (known !== 'symmetric') return to.pad(value, each, fill, known);
  return each.reduce((x, [before, after], axis) => {
    if (before === 0 && after === 0) return x;
    const size = fixedSize(x, axis, 'Pad, symmetric');
    const places = Array.from({ length: before + size + after }, (_, i) => mirrored(i - before, size));
    return to.gather(x, places, axis);
  }, value);
}

function pad(to: Tensors, value: Value, given: Operands): Value {
  const fill = numberIn(given.constant_values, 'the value of Pad', 0);
  return padded(to, value, given.pad_width, given.mode, fill);
}

/** A tensor of zeros or ones. */
function filled(to: Tensors, value: Value, fill: Operand, dtype: Operand): Value {
  const datatype = omitted(dtype) ? value.datatype : datatypeNamed(dtype);
  const one = to.graph.constant(datatype, [numberIn(fill, 'what a tensor is filled with', 0)], []);
  return { ...value, name: to.graph.op('Expand', [one, to.graph.op('Shape', [value.name])]), datatype };
}

/** Shapes: what they are, and tensors in new ones. */
export const SHAPES: readonly OperatorDefinition[] = [
  onKerasOrder([], ['shape', 'keras.backend.shape'], ['x|input', 'out_type'], (to, x) => {
    const name = to.graph.op('Shape', [x.name]);
    return to.cast({ ...x, name, shape: [x.shape.length], datatype: 'int64' }, 'int32');
  }),
  onKerasOrder(['Size'], ['size'], ['x|input', 'out_type'], (to, x) =>
    to.cast({ ...x, name: to.graph.op('Size', [x.name]), shape: [], datatype: 'int64' }, 'int32'),
  ),
  onKerasOrder([], ['rank', 'keras.backend.ndim'], ['x|input'], (to, x) => to.constant('int32', [x.shape.length], [])),
  onKerasOrder(
    ['Reshape'],
    ['reshape', 'keras.backend.reshape'],
    ['x|tensor', 'newshape|shape'],
    (to, value, { newshape }) => reshaped(to, value, newshape),
  ),
  onKerasOrder([], ['keras.backend.batch_flatten'], ['x'], (to, x) => {
    const sizes = x.shape.slice(1);
    if (sizes.includes(null)) throw badCall('fixed sizes', 'batch_flatten', x.shape);
    const size = sizes.reduce<number>((n, axis) => n * (axis as number), 1);
    return to.reshape(x, [x.shape[0] ?? null, size]);
  }),
  onKerasOrder(['Ravel'], ['keras.backend.flatten'], ['x'], (to, x) => to.flat(x)),
  onTensor([], ['ensure_shape'], ['x|tensor', 'shape'], (_, x) => x),
  onKerasOrder(['BroadcastTo'], ['broadcast_to'], ['x|input', 'shape'], (to, value, { shape }) => {
    const { sizes, running } = shapeGiven(shape, 'the shape of BroadcastTo');
    const known = sizes.map((size) => (size === -1 ? 1 : (size ?? null)));
    const target = running ? sizesTensor(to, shape as Operand) : to.graph.ints(known as number[]);
    const result = broadcastShape(value.shape, known, 'BroadcastTo');
    return { ...value, name: to.graph.op('Expand', [value.name, target]), shape: result };
  }),
  operator([], ['fill'], ['dims|shape', 'value', 'dtype'], (to, { dims, value, dtype }) => {
    const { sizes, running } = shapeGiven(dims, 'the shape of fill');
    const datatype = omitted(dtype) ? 'float32' : datatypeNamed(dtype);
    const one = to.graph.constant(datatype, [numberIn(value, 'what a tensor is filled with', 0)], []);
    const target = running ? sizesTensor(to, dims as Operand) : to.graph.ints(sizes as number[]);
    const shape = sizes.map((size) => size ?? null);
    return { name: to.graph.op('Expand', [one, target]), shape, datatype, layout: 'channels-last' };
  }),
  onTensor(['ZerosLike', 'EmptyLike'], ['zeros_like'], ['x|input|tensor', 'dtype', 'optimize'], (to, x, { dtype }) =>
    filled(to, x, 0, dtype),
  ),
  onTensor(['OnesLike'], ['ones_like'], ['x|input|tensor', 'dtype', 'optimize'], (to, x, { dtype }) =>
    filled(to, x, 1, dtype),
  ),
  onTensor(['FullLike'], [], ['x', 'fill_value', 'dtype'], (to, x, { fill_value, dtype }) =>
    filled(to, x, fill_value, dtype),
  ),
  onKerasOrder(
    ['Repeat'],
    ['repeat', 'keras.backend.repeat_elements'],
    ['x|input', 'repeats|rep', 'axis'],
    (to, value, { repeats, axis }) => repeated(to, value, repeats, axis),
  ),
  onKerasOrder([], ['keras.backend.repeat'], ['x', 'n'], (to, x, { n }) => {
    const times = Array<number>(integer(n, 'the number of keras.backend.repeat')).fill(0);
    return to.gather(to.expand(x, 1), times, 1);
  }),
  onKerasOrder(['Pad'], [], ['x', 'constant_values', 'pad_width', 'mode'], (to, value, given) => pad(to, value, given)),
  onKerasOrder([], ['pad'], ['tensor', 'pad_width|paddings', 'mode', 'constant_values'], (to, value, given) =>
    pad(to, value, given),
  ),
];
