import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Argument, type Shape, TensorArgument } from '#keras';
import { asKeras, DATATYPE_NUMBERS, type Datatype, type GraphBuilder, type Value } from '#onnx';
import { sameLayout } from '../layers/merging.ts';

/** What an operator is given: tensors, and constants as the config has them; undefined is left out. */
export type Operand =
  | Value
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly Operand[]
  | { readonly [key: string]: Operand };

export type Operands = Readonly<Record<string, Operand>>;

/** Whether an argument is left out, or None. */
export function omitted(operand: Operand): operand is undefined | null {
  return operand === undefined || operand === null;
}

export function isValue(operand: Operand): operand is Value {
  return typeof operand === 'object' && operand !== null && 'layout' in operand && 'datatype' in operand;
}

/**
 * What a tensor of sizes holds, as `tf.shape` answers it, as far as it is known before the model runs: null is a size that
 * is free, undefined what was computed of one.
 */
export type Sizes = readonly (number | null | undefined)[];

/** Plans hand on shapes alone: what a tensor of sizes holds goes with its shape. Every operator's shapes are its own. */
const HELD = new WeakMap<Shape, Sizes>();

/** The value with what it holds. */
export function holding(value: Value, sizes: Sizes | undefined): Value {
  const shape = [...value.shape];
  if (sizes) HELD.set(shape, sizes);
  return { ...value, shape };
}

/** What an operand holds: a number, a list, a tensor of sizes or a list of such. */
export function sizesOf(operand: Operand): Sizes | undefined {
  if (typeof operand === 'number') return Number.isInteger(operand) ? [operand] : undefined;
  if (isValue(operand)) return operand.shape.length < 2 ? HELD.get(operand.shape) : undefined;
  if (!Array.isArray(operand)) return undefined;
  const items = operand.map((item: Operand) => (item === null ? [-1] : (sizesOf(item) ?? [undefined])));
  return items.every((item) => item.length === 1) ? items.flat() : undefined;
}

/** The numbers of a tensor of sizes all of which are known. */
export function knownSizes(operand: Operand): number[] | undefined {
  const sizes = isValue(operand) ? sizesOf(operand) : undefined;
  return sizes?.every((size) => typeof size === 'number') ? (sizes as number[]) : undefined;
}

/** The arguments of a call with its tensors in their places. */
export function operandOf(argument: Argument, inputs: readonly Value[]): Operand {
  if (argument instanceof TensorArgument) return inputs[argument.index] as Value;
  if (Array.isArray(argument)) return argument.map((item: Argument) => operandOf(item, inputs));
  if (argument === null || typeof argument !== 'object') return argument;
  const entries = Object.entries(argument as Record<string, Argument>);
  return Object.fromEntries(entries.map(([key, item]) => [key, operandOf(item, inputs)]));
}

/** A call that cannot be written. */
export function badCall(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('unsupported-layer', expected(what, where, received), {
    remedy: 'Use a Keras layer for this step, or call the function with constants of this form.',
  });
}

export interface Constant {
  readonly values: readonly number[];
  readonly dims: readonly number[];
  readonly datatype: Datatype | undefined;
}

/** Numbers, nested lists of them, and the boxes in which Keras 3 keeps NumPy's arrays and tensors. */
export function constantOf(operand: Operand): Constant | undefined {
  const sizes = knownSizes(operand);
  if (sizes && isValue(operand)) return { values: sizes, dims: operand.shape as number[], datatype: 'int32' };
  if (typeof operand === 'number') return { values: [operand], dims: [], datatype: undefined };
  if (typeof operand === 'boolean') return { values: [Number(operand)], dims: [], datatype: 'bool' };
  if (Array.isArray(operand)) {
    const items = operand.map((item: Operand) => constantOf(item));
    const [first] = items;
    if (!first || items.some((item) => String(item?.dims) !== String(first.dims))) return undefined;
    const values = items.flatMap((item) => [...(item as Constant).values]);
    return { values, dims: [items.length, ...first.dims], datatype: first.datatype };
  }
  const { class_name, config } = (operand ?? {}) as { class_name?: Operand; config?: Record<string, Operand> };
  if (class_name !== '__numpy__' && class_name !== '__tensor__') return undefined;
  const constant = constantOf(config?.value);
  return constant && { ...constant, datatype: datatypeNamed(config?.dtype) };
}

/** float64 and the like are computed in float32, as all weights are. */
export function datatypeNamed(operand: Operand): Datatype {
  const { config } = (operand ?? {}) as { config?: { name?: Operand } };
  const name = typeof operand === 'string' ? operand : config?.name;
  const found = String(name).match(/(bool|uint8|int64|int32|int16|int8)/)?.[1];
  if (found === 'int16' || found === 'int8') return 'int32';
  return (found as Datatype | undefined) ?? 'float32';
}

/** A tensor, or a constant made one. `like` is the datatype that a bare number takes, if it can. */
export function tensorOf(graph: GraphBuilder, operand: Operand, where: string, like?: Datatype): Value {
  if (isValue(operand)) return operand;
  const constant = constantOf(operand);
  if (!constant) throw badCall('a tensor or numbers', where, operand);
  const { values, dims } = constant;
  const whole = values.every(Number.isInteger);
  const bare =
    like === undefined || like === 'bool' || (like !== 'float32' && !whole) ? (whole ? 'int32' : 'float32') : like;
  const datatype = constant.datatype ?? (like === 'float32' ? 'float32' : bare);
  return { name: graph.constant(datatype, values, dims), shape: dims, datatype, layout: 'channels-last' };
}

export function cast(graph: GraphBuilder, value: Value, datatype: Datatype): Value {
  if (value.datatype === datatype) return value;
  return { ...value, name: graph.op('Cast', [value.name], { to: DATATYPE_NUMBERS[datatype] }), datatype };
}

const RANK: readonly Datatype[] = ['bool', 'uint8', 'int32', 'int64', 'float32'];

/** NumPy's wider of two datatypes. */
export function wider(a: Datatype, b: Datatype): Datatype {
  return RANK[Math.max(RANK.indexOf(a), RANK.indexOf(b))] as Datatype;
}

/** Tensors and numbers as tensors of one datatype, in one memory order, ready for an elementwise operator. */
export function broadcast(
  graph: GraphBuilder,
  operands: readonly Operand[],
  where: string,
  at: Datatype = 'bool',
): { values: Value[]; shape: Shape } {
  const known = operands.filter(isValue).map((value) => value.datatype);
  const like = known.length > 0 ? known.reduce(wider) : undefined;
  const values = operands.map((operand) => tensorOf(graph, operand, where, like));
  const datatype = values.map((value) => value.datatype).reduce(wider, at);
  const same = values.map((value) => cast(graph, value, datatype));
  const shape = same.map((value) => value.shape).reduce((a, b) => broadcastShape(a, b, where));
  return { values: inOneOrder(graph, same, shape.length), shape };
}

/** Single numbers fit any memory order; tensors of one rank are brought into that of the first, others into Keras's. */
function inOneOrder(graph: GraphBuilder, values: Value[], rank: number): Value[] {
  const tensors = values.filter((value) => value.shape.length > 0);
  if (tensors.some((value) => value.shape.length !== rank)) return values.map((value) => asKeras(graph, value));
  const ordered = sameLayout(graph, tensors);
  const layout = ordered[0]?.layout ?? 'channels-last';
  return values.map((value) => (value.shape.length > 0 ? graph.toLayout(value, layout) : { ...value, layout }));
}

/** NumPy's rule. An axis whose size is not fixed stays so. */
export function broadcastShape(a: Shape, b: Shape, where: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length], b[i - rank + b.length]];
    if (x === undefined || x === 1) return y === undefined ? (x ?? null) : y;
    if (y === undefined || y === 1 || x === y) return x;
    if (x === null || y === null) return x ?? y;
    throw badCall(`a size of ${x} or 1`, where, y);
  });
}

/** A list of whole numbers, or one. */
export function integers(operand: Operand, where: string): number[] {
  const constant = constantOf(operand);
  if (!constant?.values.every(Number.isInteger)) throw badCall('whole numbers', where, operand);
  return [...constant.values];
}

export function integer(operand: Operand, where: string, fallback?: number): number {
  if (omitted(operand) && fallback !== undefined) return fallback;
  const [first, ...more] = integers(operand, where);
  if (first === undefined || more.length > 0) throw badCall('a whole number', where, operand);
  return first;
}

export function numberIn(operand: Operand, where: string, fallback: number): number {
  if (omitted(operand)) return fallback;
  const constant = constantOf(operand);
  if (constant?.values.length !== 1) throw badCall('a number', where, operand);
  return constant.values[0] as number;
}

/** Negative axes count from the end. */
export function positiveAxis(axis: number, rank: number, where: string): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw badCall(`an axis of ${rank}`, where, axis);
  return positive;
}

/** The axis that an operand names, counted from the front. */
export function axisOf(operand: Operand, x: Value, name: string, fallback?: number): number {
  return positiveAxis(integer(operand, `the axis of ${name}`, fallback), x.shape.length, name);
}
