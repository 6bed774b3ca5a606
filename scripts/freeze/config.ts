import { z } from 'zod';

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

/** Keras 3 writes null where the global default was meant, which is channels last. */
export const dataFormat = z
  .enum(['channels_last', 'channels_first'])
  .nullish()
  .transform((value) => value ?? 'channels_last');

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
