import type { InferRequest } from '@freezeframe/inference';
import * as z from 'zod';
import type { Question } from './answer.ts';
import { base64Bytes } from './base64.ts';
import { MAX_PICTURES } from './limits.ts';

/** The ways to hand over what is asked about in JSON; exactly one of them is used. */
export const payloadShape = {
  /** Base64, or a `data:` URL. */
  picture: base64Bytes.optional(),
  pictures: z.array(base64Bytes).min(1).max(MAX_PICTURES).optional(),
  /** As an Open Inference Protocol v2 request's `inputs`; checked against the model when it is asked. */
  tensors: z.custom<InferRequest['inputs']>(Array.isArray, 'expected a list of tensors').optional(),
};

type Payload = z.output<z.ZodObject<typeof payloadShape>>;

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
