import * as z from 'zod';
import { MAX_TENSOR_RANK } from '#guards';

/** Numbers beyond 2^53 are written as text in protobuf's JSON; all numbers may be. */
const whole = z
  .union([z.number(), z.string().regex(/^-?\d{1,19}$/)])
  .transform(Number)
  .pipe(z.number().int());
const real = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
/** Bytes: in base64, or as a list of numbers. */
const text = z
  .union([z.string().max(4096), z.array(z.number().int().min(0).max(255)).max(4096)])
  .transform((value) => Buffer.from(value as string, 'base64').toString('latin1'));
const type = z.union([z.string().max(40), z.number().int()]);
const shape = z.object({
  unknownRank: z.boolean().optional(),
  dim: z
    .array(z.object({ size: whole.optional() }))
    .max(MAX_TENSOR_RANK)
    .optional(),
});

export const attributeSchema = z.object({
  i: whole.optional(),
  f: real.optional(),
  b: z.boolean().optional(),
  s: text.optional(),
  type: type.optional(),
  shape: shape.optional(),
  list: z
    .object({
      i: z.array(whole).max(64).optional(),
      s: z.array(text).max(64).optional(),
      f: z.array(real).max(64).optional(),
    })
    .optional(),
});

export type NodeAttribute = z.output<typeof attributeSchema>;
export type Attributes = Readonly<Record<string, NodeAttribute>>;

/** TensorFlow's datatypes as far as TensorFlow.js knows them; all integers are 32 bits wide there. */
const DATATYPES: Record<string, 'float32' | 'int32' | 'bool'> = {
  DT_FLOAT: 'float32',
  1: 'float32',
  DT_HALF: 'float32',
  19: 'float32',
  DT_DOUBLE: 'float32',
  2: 'float32',
  DT_INT32: 'int32',
  3: 'int32',
  DT_UINT8: 'int32',
  4: 'int32',
  DT_INT64: 'int32',
  9: 'int32',
  DT_BOOL: 'bool',
  10: 'bool',
};

export function datatypeOf(value: string | number | undefined): 'float32' | 'int32' | 'bool' | undefined {
  return value === undefined ? undefined : Object.hasOwn(DATATYPES, value) ? DATATYPES[value] : undefined;
}

/** A shape as TensorFlow writes it, -1 being free; undefined where not even the rank is known. */
export function shapeOf(value: NodeAttribute['shape']): (number | null)[] | undefined {
  if (!value || value.unknownRank) return undefined;
  return (value.dim ?? []).map(({ size = 0 }) => (size < 0 ? null : size));
}

export const shapeSchema = shape;
export const typeSchema = type;

export function numbers(attributes: Attributes, name: string): readonly number[] {
  return attributes[name]?.list?.i ?? [];
}

export function flagOf(attributes: Attributes, name: string): boolean {
  return attributes[name]?.b ?? false;
}

export function numberOf(attributes: Attributes, name: string, otherwise: number): number {
  return attributes[name]?.f ?? attributes[name]?.i ?? otherwise;
}

export function textOf(attributes: Attributes, name: string, otherwise = ''): string {
  return attributes[name]?.s ?? otherwise;
}
