import * as z from 'zod';
import { INTERPOLATIONS } from '#onnx';

/** Options that many layers share, in every spelling that Keras 2 and Keras 3 write. */

/** A number for all spatial axes, or one per axis: `3` and `[3, 3]`. */
export function perAxis(rank: number, one: z.ZodNumber = z.number().int().positive()) {
  return z
    .union([one, z.array(one).length(rank)])
    .transform((value) => (typeof value === 'number' ? Array.from({ length: rank }, () => value) : value));
}

const lowerCase = z.string().transform((text) => text.toLowerCase());

export const padding = lowerCase.pipe(z.enum(['valid', 'same'])).default('valid');

export const causalPadding = lowerCase.pipe(z.enum(['valid', 'same', 'causal'])).default('valid');

/** An option that may be left out or null, and then has this value. */
export function orElse<T, F extends T>(schema: z.ZodType<T>, fallback: F) {
  return schema.nullish().transform((value): T => value ?? fallback);
}

/** Keras 3 writes null where the global default was meant, which is channels last. */
export const dataFormat = orElse(z.enum(['channels_last', 'channels_first']), 'channels_last');

/** One number, or a list. */
export function oneOrMore(one: z.ZodNumber = z.number().int()) {
  return z.union([one, z.array(one).min(1)]).transform((value) => (typeof value === 'number' ? [value] : value));
}

/** How cells between cells are made up; older configs write it in capitals. */
export const interpolation = (name: (typeof INTERPOLATIONS)[number]) =>
  lowerCase.pipe(z.enum(INTERPOLATIONS)).default(name);

const side = z.number().int().positive();

/** Height and width of a picture; `withSize` puts them together. */
export const pictureSize = { height: side, width: side };

export function withSize<C extends { height: number; width: number }>(c: C) {
  return { ...c, size: [c.height, c.width] as const };
}

/** A layer inside another one's config. */
export const innerLayer = z.looseObject({ class_name: z.string(), config: z.record(z.string(), z.unknown()) });

/** A name or `{ class_name, config }`; only training reads it. */
export const initializer = (name: string) =>
  z
    .unknown()
    .optional()
    .transform((value) => value ?? name);

export const flag = (value: boolean) => z.boolean().default(value);

/** A number that a config may also carry as `{ class_name: '__numpy__' | ..., config: { value } }` (NumPy scalars). */
export const number = z.union([
  z.number(),
  z.object({ config: z.object({ value: z.number() }) }).transform((wrapped) => wrapped.config.value),
]);

/** An array in any of the ways that configs carry one: nested lists, Keras 3's NumPy arrays and tuples, one number. */
export type Nested = number | readonly Nested[];

export const numbers: z.ZodType<Nested> = z.lazy(() =>
  z.union([
    z.number(),
    z.array(numbers),
    z.object({ config: z.object({ value: numbers }) }).transform((wrapped) => wrapped.config.value),
    z.object({ class_name: z.literal('__tuple__'), items: z.array(numbers) }).transform((tuple) => tuple.items),
  ]),
);

/** Sizes of a nested list and its numbers in order. @returns undefined where lists of one level differ in length */
export function flattened(value: Nested): { readonly dims: number[]; readonly data: number[] } | undefined {
  if (typeof value === 'number') return { dims: [], data: [value] };
  const parts = value.map(flattened);
  const [first] = parts;
  if (!first) return { dims: [0], data: [] };
  if (parts.some((part) => part === undefined || String(part.dims) !== String(first.dims))) return undefined;
  return { dims: [parts.length, ...first.dims], data: parts.flatMap((part) => part?.data ?? []) };
}
