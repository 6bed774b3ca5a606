import type { InferRequest } from '@freezeframe/inference';
import * as z from 'zod/mini';
import type { Question } from './answer.ts';
import { base64Bytes } from './base64.ts';
import { MAX_PICTURES } from './limits.ts';

/** The ways to hand over what is asked about in JSON; exactly one of them is used. */
export const payloadShape = {
  /** Base64, or a `data:` URL. */
  picture: z.optional(base64Bytes),
  pictures: z.optional(z.array(base64Bytes).check(z.minLength(1), z.maxLength(MAX_PICTURES))),
  /** As an Open Inference Protocol v2 request's `inputs`; checked against the model when it is asked. */
  tensors: z.optional(z.custom<InferRequest['inputs']>(Array.isArray, 'expected a list of tensors')),
};

type Payload = z.output<z.ZodMiniObject<typeof payloadShape>>;

/** Whether exactly one of `keys` is there. */
export function hasOne(value: object, keys: readonly string[]): boolean {
  const record = value as Record<string, unknown>;
  return keys.filter((key) => record[key] !== undefined).length === 1;
}

export function toQuestion({ picture, pictures, tensors }: Payload): Question | undefined {
  if (picture) return { picture };
  if (pictures) return { pictures };
  return tensors && { tensors };
}
