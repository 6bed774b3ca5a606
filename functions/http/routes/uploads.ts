import { randomUUID } from 'node:crypto';
import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { resultId } from '../../shared/jobs/result-id.ts';
import { changeRow } from '../../shared/jobs/results-table.ts';
import { MAX_OBJECT_BYTES } from '../../shared/limits.ts';
import { PATIENCE } from '../../shared/patience.ts';
import { lazily } from '../../shared/runtime/lazily.ts';
import { once } from '../../shared/runtime/once.ts';
import { readJson } from '../body/read-body.ts';
import { asking } from '../busy.ts';
import { type Route, route } from '../route.ts';
import { PICTURE_TYPES } from '../schemas.ts';

/** So long the form may be used. Seconds. */
const FORM_SECONDS = 900;
/** So long an upload that never came is waited for. Seconds. */
const PENDING_SECONDS = 86_400;

const EXTENSIONS: Readonly<Record<(typeof PICTURE_TYPES)[number], string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/tiff': 'tif',
};

const uploadRequest = once(() =>
  z
    .strictObject({
      content_type: z.enum(PICTURE_TYPES),
      bytes: z
        .optional(z.int().check(z.minimum(1), z.maximum(MAX_OBJECT_BYTES)))
        .check(z.describe('Its size, where it is known: then S3 takes no other.')),
    })
    .check(z.meta({ id: 'UploadRequest' })),
);

const upload = once(() =>
  z
    .object({
      id: z.string(),
      url: z.string().check(z.describe('Where to post the form.')),
      fields: z.record(z.string(), z.string()).check(z.describe("The form's fields; the file comes last, as `file`.")),
      expires_at: z.string().check(z.meta({ format: 'date-time' })),
      max_bytes: z.int(),
      result: z.string().check(z.describe('Where the result will be.')),
    })
    .check(z.meta({ id: 'Upload' })),
);

const s3 = lazily(async () => {
  const [{ S3Client }, { createPresignedPost }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-presigned-post'),
  ]);
  const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  return { client: new S3Client({ forcePathStyle: local, requestHandler: PATIENCE }), createPresignedPost };
});

export const uploadsRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/uploads',
    id: 'createUpload',
    tag: 'Pictures',
    summary: 'Get a form for a picture that is too large for a request',
    description: 'The form goes straight to S3; its result is found at /results/{id} a moment later.',
    body: { 'application/json': uploadRequest },
    responses: {
      201: {
        description: 'The form.',
        content: { 'application/json': upload },
        headers: { location: 'Where the result will be.' },
      },
    },
    problems: [404, 413, 415],
    handle: async ({ context }) => {
      const asked = await readJson(context.req.raw, uploadRequest());
      const bucket = process.env.UPLOADS_BUCKET;
      if (!bucket) {
        throw new RequestError('feature-off', 'There is no bucket for uploads here', {
          remedy: 'Send the picture to POST /classify, or set UPLOADS_BUCKET.',
        });
      }
      const { content_type: type, bytes } = asked;
      const key = `api/${randomUUID()}.${EXTENSIONS[type]}`;
      const id = await asking(resultId(bucket, key));
      const now = Date.now();
      const { client, createPresignedPost } = await s3();
      const form = await asking(
        createPresignedPost(client, {
          Bucket: bucket,
          Key: key,
          Fields: { 'Content-Type': type },
          Conditions: [
            ['eq', '$Content-Type', type],
            ['content-length-range', bytes ?? 1, bytes ?? MAX_OBJECT_BYTES],
          ],
          Expires: FORM_SECONDS,
        }),
      );
      const table = process.env.RESULTS_TABLE;
      if (table) {
        const createdAt = new Date(now).toISOString();
        const expiresAt = Math.floor(now / 1000) + PENDING_SECONDS;
        const set = { status: 'pending', bucket, key, createdAt, updatedAt: createdAt, expiresAt };
        // Whatever is there already is newer, and stays.
        await asking(changeRow(table, id, { set, where: 'attribute_not_exists(#id)', values: {} }));
      }
      const result = `${context.env?.base ?? ''}/results/${id}`;
      const answer = {
        id,
        url: form.url,
        fields: form.fields,
        expires_at: new Date(now + FORM_SECONDS * 1000).toISOString(),
        max_bytes: bytes ?? MAX_OBJECT_BYTES,
        result,
      };
      return context.json(answer, 201, { location: result, 'cache-control': 'no-store' });
    },
  }),
];
