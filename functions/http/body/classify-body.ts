import { expected, PictureError, type Problem, RequestError, toProblem } from '@freezeframe/inference';
import * as z from 'zod/mini';
import type { Question } from '../../shared/answer.ts';
import { base64Bytes, decodeBase64 } from '../../shared/base64.ts';
import { MAX_PICTURES } from '../../shared/limits.ts';
import { hasOne, payloadShape } from '../../shared/payload.ts';
import { once } from '../../shared/runtime/once.ts';
import { readObject } from '../../shared/s3.ts';
import { asking } from '../busy.ts';
import type { Schema } from '../route.ts';
import { pictureBodies, pictureBytes } from '../schemas.ts';
import { readFiles } from './form.ts';
import { OBJECT_URL, objectOf } from './object-url.ts';
import { isJson, isUntyped, mediaType, parseBody, readBytes, refuseType } from './read-body.ts';

export const NAME_THE_TYPE =
  'Name the type, as in: curl --data-binary @picture.jpg -H "content-type: image/jpeg" ADDRESS';

const TAKEN = 'image/*, multipart/form-data or application/json';
const WAYS = ['picture', 'pictures', 'tensors', 'url'];

const base64Text = {
  type: 'string',
  format: 'picture-base64',
  contentEncoding: 'base64',
  contentMediaType: 'image/*',
} as const;

/** The JSON body: exactly one of the ways. */
const classifyJson = once(() =>
  z
    .strictObject({
      picture: z.optional(base64Bytes).check(z.meta({ ...base64Text, description: 'Base64, or a data: URL.' })),
      // Text that is no base64 is that picture's own failure.
      pictures: z.optional(
        z.array(z.string().check(z.meta(base64Text))).check(z.minLength(1), z.maxLength(MAX_PICTURES)),
      ),
      tensors: payloadShape.tensors.check(
        z.meta({
          type: 'array',
          minItems: 1,
          items: { $ref: '#/components/schemas/InferInput' },
          description: "As an Open Inference Protocol v2 request's inputs.",
        }),
      ),
      url: z
        .optional(z.string().check(z.maxLength(4096), z.meta({ pattern: OBJECT_URL })))
        .check(z.describe('An S3 object of an allowed bucket.')),
    })
    .check(
      z.superRefine((body, context) => {
        if (!hasOne(body, WAYS)) context.addIssue({ code: 'custom', message: `expected one of ${WAYS.join(', ')}` });
      }),
      z.meta({ id: 'ClassifyRequest', oneOf: WAYS.map((way) => ({ required: [way] })) }),
    ),
);

/** Every file of a form is a picture, whatever its field is called; other fields mean nothing here. */
const classifyForm = once(() =>
  z
    .object({ picture: z.array(pictureBytes()).check(z.minLength(1), z.maxLength(MAX_PICTURES)) })
    .check(z.meta({ description: 'One file or several, in fields of any name.' })),
);

export const classifyBodies: Readonly<Record<string, Schema>> = {
  ...pictureBodies,
  'multipart/form-data': classifyForm,
  'application/json': classifyJson,
};

/** A question, and of a batch what cannot even be asked, by its place. */
export type Asked = { question: Question; refused?: ReadonlyMap<number, Problem> };

/**
 * Reads what is asked about from a request's body, by its declared content type, or by its content where the type says
 * nothing. Whether there is a picture is found by decoding it, whatever subtype was declared.
 * @throws RequestError `media-type-unsupported`, `request-too-large`, `request-invalid`, `bucket-not-allowed`; FreezeframeError `service-busy`;
 *   PictureError `picture-empty`, and as `readObject`.
 */
export async function readQuestion(request: Request): Promise<Asked> {
  const type = mediaType(request);
  const multipart = type === 'multipart/form-data';
  const body = await readBytes(request);
  const json = isJson(type, body);
  if (!multipart && !json && !isPicture(type)) refuseType(TAKEN, type, NAME_THE_TYPE);
  if (body.byteLength === 0) {
    throw new PictureError('picture-empty', expected('a picture', 'the body', undefined), { remedy: `Send ${TAKEN}.` });
  }
  if (multipart) {
    const [picture, ...more] = await readFiles(body, request.headers.get('content-type') as string);
    if (picture) return { question: more.length === 0 ? { picture } : { pictures: [picture, ...more] } };
  }
  return json ? readClassifyJson(body, type) : { question: { picture: body } };
}

/** Whether a body of this type may be a picture. (API Gateway makes text of `text/plain`, of which no picture survives.) */
export function isPicture(type: string): boolean {
  return isUntyped(type) || /^image\/[\w.+-]+$/.test(type);
}

async function readClassifyJson(body: Uint8Array, type: string): Promise<Asked> {
  const { picture, pictures, tensors, url } = parseBody(body, classifyJson(), type);
  if (picture) return { question: { picture } };
  if (tensors) return { question: { tensors } };
  if (url !== undefined) return { question: { picture: await asking(readObject(objectOf(url))) } };
  const good: Uint8Array[] = [];
  const refused = new Map<number, Problem>();
  for (const [index, text] of (pictures ?? []).entries()) {
    const bytes = decodeBase64(text);
    if (bytes) good.push(bytes);
    else {
      const message = expected('base64', `pictures[${index}]`, text);
      refused.set(index, toProblem(new RequestError('request-invalid', message)));
    }
  }
  return { question: { pictures: good }, refused };
}
