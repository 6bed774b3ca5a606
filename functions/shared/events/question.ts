import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { answer, type Question } from '../answer.ts';
import { measure } from '../observe/metrics.ts';
import { optionsShape } from '../options.ts';
import { hasOne, payloadShape, toQuestion } from '../payload.ts';
import { readObject } from '../s3.ts';
import { validate } from '../validate.ts';
import type { AnsweredEvent } from './kind.ts';
import { refuseMisdirected } from './misdirected.ts';

const shape = {
  ...payloadShape,
  ...optionsShape,
  /** An S3 object, by `bucket` and `key` (not URL-encoded). */
  bucket: z.optional(z.string().check(z.minLength(1), z.maxLength(63))),
  key: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
  versionId: z.optional(z.string().check(z.minLength(1))),
};

const schema = z.strictObject(shape).check(
  z.refine((event) => hasOne(event, ['bucket', 'picture', 'pictures', 'tensors']), {
    message: 'expected one of {bucket, key}, {picture}, {pictures} and {tensors}',
  }),
  z.refine((event) => (event.bucket === undefined) === (event.key === undefined), {
    message: 'bucket and key belong together',
  }),
);

/** `{bucket, key}`, `{picture}`, `{pictures}` or `{tensors}`, and options; it gets the result object, as everywhere. */
export const question: AnsweredEvent = {
  recognises: () => true,
  async answer(event) {
    refuseMisdirected(event, 'a picture, several, tensors or an S3 object');
    const request = validate(schema, event, 'The event');
    const asked = await readQuestion(request);
    measure('BatchSize', 'pictures' in asked ? asked.pictures.length : 1);
    return answer(asked, request);
  },
};

async function readQuestion(request: z.output<typeof schema>): Promise<Question> {
  const asked = toQuestion(request);
  if (asked) return asked;
  const { bucket, key, versionId } = request;
  if (bucket && key) return { picture: await readObject({ bucket, key, versionId }) };
  throw new RequestError('request-invalid', 'The event has nothing to classify');
}
