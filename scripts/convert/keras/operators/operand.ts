import type { Shape } from '#keras';
import type { Value } from '#onnx';

/** What an operator is given: tensors, and constants as the config has them. */
export type Operand =
  | Value
  | null
  | boolean
  | number
  | string
  | readonly Operand[]
  | { readonly [key: string]: Operand };

export function isValue(operand: Operand | undefined): operand is Value {
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
export function sizesOf(operand: Operand | undefined): Sizes | undefined {
  if (typeof operand === 'number') return Number.isInteger(operand) ? [operand] : undefined;
  if (isValue(operand)) return operand.shape.length < 2 ? HELD.get(operand.shape) : undefined;
  if (!Array.isArray(operand)) return undefined;
  const items = operand.map((item: Operand) => (item === null ? [-1] : (sizesOf(item) ?? [undefined])));
  return items.every((item) => item.length === 1) ? items.flat() : undefined;
}

/** The numbers of a tensor of sizes all of which are known. */
export function knownSizes(operand: Operand | undefined): number[] | undefined {
  const sizes = isValue(operand) ? sizesOf(operand) : undefined;
  return sizes?.every((size) => typeof size === 'number') ? (sizes as number[]) : undefined;
}
