import type { S3Client } from '@aws-sdk/client-s3';
import { expected, PictureError } from '@freezeframe/inference';
import { MAX_OBJECT_BYTES } from './limits.ts';
import { PATIENCE } from './patience.ts';

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Of the bytes that are meant: another version under the same key is not read in their place. */
  readonly eTag?: string | undefined;
}

type Sdk = typeof import('@aws-sdk/client-s3');

let loaded: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

/** The SDK takes longer to load than the model: only functions that read from S3 do, and they once. */
function s3(): Promise<{ sdk: Sdk; client: S3Client }> {
  loaded ??= import('@aws-sdk/client-s3').then((sdk) => ({ sdk, client: createClient(sdk) }));
  return loaded;
}

function createClient(sdk: Sdk): S3Client {
  // An endpoint of one's own (the local gateway, a local AWS) has no DNS names for its buckets.
  const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  return new sdk.S3Client({ forcePathStyle: local, maxAttempts: 3, requestHandler: PATIENCE });
}

/**
 * Reads a picture from S3.
 * @throws PictureError where trying again cannot help: `object-absent`, `object-denied`, `object-overtaken`,
 *   `object-too-large` (found from its declared length, before it is read). Throttling, time-outs and the like are thrown as the SDK throws them.
 */
export async function readObject({ bucket, key, versionId, eTag }: S3Object): Promise<Uint8Array> {
  const { sdk, client } = await s3();
  const command = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    VersionId: versionId,
    IfMatch: eTag && `"${eTag}"`,
  });
  const { Body, ContentLength } = await client.send(command).catch((error: unknown) => {
    throw permanent(error) ?? error;
  });
  if (ContentLength === undefined || ContentLength > MAX_OBJECT_BYTES) {
    // An unread body would keep its socket, and the client's pool has 50.
    if (Body && 'destroy' in Body) Body.destroy();
    const limit = `at most ${MAX_OBJECT_BYTES} bytes`;
    throw new PictureError('object-too-large', expected(limit, 'the S3 object', ContentLength), {
      details: { bytes: ContentLength, limit: MAX_OBJECT_BYTES },
    });
  }
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** Writes a JSON document to S3. */
export async function writeJson({ bucket, key }: S3Object, value: unknown): Promise<void> {
  const { sdk, client } = await s3();
  await client.send(
    new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: JSON.stringify(value),
      ContentType: 'application/json',
    }),
  );
}

/** 403 for what is wrong with the function and not with the object: its clock, or credentials that have run out. */
const OF_THE_CALLER =
  /^(RequestTimeTooSkewed|RequestExpired|ExpiredToken|TokenRefreshRequired|InvalidToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurity)$/;

/** Names that no bucket, key or version has: a job may hold any. */
const NO_NAME = ['InvalidBucketName', 'KeyTooLongError', 'InvalidArgument', 'URIError'];

/** S3's refusals that stay refusals. */
function permanent(cause: unknown): PictureError | undefined {
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const name = cause instanceof Error ? cause.name : '';
  if (['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'].includes(name)) {
    return new PictureError('object-absent', 'The S3 object does not exist (any more)', { cause });
  }
  if (name === 'NoSuchBucket') return new PictureError('object-absent', 'The S3 bucket does not exist', { cause });
  if (NO_NAME.includes(name)) {
    return new PictureError('object-absent', 'No S3 object has this bucket, key or version', { cause });
  }
  if (OF_THE_CALLER.test(name)) return undefined;
  // `InvalidRequest`: encrypted with a key that only whoever wrote it has.
  if (['AccessDenied', 'InvalidObjectState', 'InvalidRequest'].includes(name) || status === 403) {
    // Also S3's answer for an absent object where the function may not list the bucket.
    return new PictureError('object-denied', 'The function may not read the S3 object', { cause });
  }
  if (name === 'PreconditionFailed' || status === 412) {
    return new PictureError('object-overtaken', 'The object was replaced before this version of it was read', {
      cause,
    });
  }
  return undefined;
}
