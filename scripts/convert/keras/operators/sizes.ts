import type { Value } from '#onnx';
import { isValue, type Operand, type Operands, type Sizes, sizesOf } from './operand.ts';

/** Of each output, where the operator is given sizes. */
type Rule = (given: Operands, outputs: readonly Value[]) => readonly (Sizes | undefined)[];

const same: Rule = ({ x, value, tensor }) => [sizesOf(x ?? value ?? tensor)];

function arithmetic(f: (a: number, b: number) => number): Rule {
  return ({ x1, x2 }) => {
    const [a, b] = [sizesOf(x1), sizesOf(x2)];
    if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return [];
    const count = Math.max(a.length, b.length);
    const at = (list: Sizes, i: number) => list[list.length === 1 ? 0 : i];
    return [
      Array.from({ length: count }, (_, i) => {
        const [p, q] = [at(a, i), at(b, i)];
        return typeof p === 'number' && typeof q === 'number' ? f(p, q) : undefined;
      }),
    ];
  };
}

function product(sizes: Sizes): Sizes {
  return [sizes.every((size) => typeof size === 'number') ? sizes.reduce((n, size) => n * size, 1) : undefined];
}

function joined(operand: Operand): Sizes | undefined {
  if (!Array.isArray(operand)) return sizesOf(operand);
  const parts = operand.map((item: Operand) => sizesOf(item));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** Cuts of a list hold what is there in turn. */
const inTurn: Rule = ({ x, value }, outputs) => {
  const all = sizesOf(x ?? value);
  let at = 0;
  return outputs.map(({ shape }) => {
    const count = shape[0] ?? 1;
    at += count;
    return all?.slice(at - count, at);
  });
};

/** By the first of an operator's names. */
export const SIZE_RULES: Readonly<Record<string, Rule>> = {
  shape: ({ x }) => [isValue(x) ? x.shape : undefined],
  Size: ({ x }) => [isValue(x) ? product(x.shape) : undefined],
  rank: ({ x }) => [isValue(x) ? [x.shape.length] : undefined],
  Cast: same,
  ConvertToTensor: ({ x }) => [joined(x)],
  identity: same,
  Add: arithmetic((a, b) => a + b),
  Subtract: arithmetic((a, b) => a - b),
  Multiply: arithmetic((a, b) => a * b),
  FloorDivide: arithmetic((a, b) => Math.floor(a / b)),
  Maximum: arithmetic(Math.max),
  Minimum: arithmetic(Math.min),
  Concatenate: ({ xs }) => [joined(xs)],
  Stack: ({ x }) => [joined(x)],
  Unstack: inTurn,
  Split: inTurn,
  split: inTurn,
  GetItem: ({ x, key }, [output]) => {
    const sizes = sizesOf(x);
    const [item] = Array.isArray(key) ? key : [key];
    if (!sizes || !output) return [];
    if (typeof item === 'number') return [[sizes.at(item)]];
    const { config } = item as { config?: Operand };
    const { start, stop, step } = (config ?? item ?? {}) as Record<string, Operand>;
    if (step !== null && step !== undefined && step !== 1) return [];
    return [sizes.slice((start as number | null) ?? 0, (stop as number | null) ?? undefined)];
  },
  Prod: ({ x, axis, keepdims }) => {
    const sizes = axis === undefined || axis === null || axis === 0 ? sizesOf(x) : undefined;
    return [sizes && keepdims !== true ? product(sizes) : undefined];
  },
};
