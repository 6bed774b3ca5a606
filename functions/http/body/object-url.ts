import { expected, RequestError } from '@freezeframe/inference';
import type { S3Object } from '../../shared/s3.ts';

/** Three to 63 lower-case letters, digits, dots and hyphens, neither dot nor hyphen at an end. */
const BUCKET = '[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])';
const SUFFIX = '(?:s3[.-](?:dualstack\\.)?(?:[a-z0-9-]+\\.)?|s3\\.)amazonaws\\.com(?:\\.cn)?';

/** `s3://bucket/key`, and the two forms that S3 itself answers, with the bucket in the host or in the path. */
const FORMS = [
  new RegExp(`^s3://(${BUCKET})/(.+)$`),
  new RegExp(`^https://(${BUCKET})\\.${SUFFIX}/(.+)$`),
  new RegExp(`^https://${SUFFIX}/(${BUCKET})/(.+)$`),
];

/** The same, for the OpenAPI document. */
export const OBJECT_URL = `^(s3://${BUCKET}|https://${BUCKET}\\.${SUFFIX}|https://${SUFFIX}/${BUCKET})/.+$`;

/**
 * Which object a URL names. Nothing is ever fetched from it: bucket and key go to S3's own client, and only for buckets
 * that the owner listed, so that no URL makes the function ask an address of the caller's choice.
 * @param allowed buckets, separated by commas.
 * @throws RequestError `request-invalid` for any other URL, `bucket-not-allowed`.
 */
export function objectOf(url: string, allowed = process.env.ALLOWED_BUCKETS ?? ''): S3Object {
  const [address = '', query = ''] = splitOnce(url, '?');
  const [, bucket, path] = FORMS.map((form) => form.exec(address)).find((match) => match !== null) ?? [];
  // A key of s3:// is taken as it is, as the AWS CLI does; in a web address it is percent-encoded.
  const key = path && (url.startsWith('s3:') ? (query ? `${path}?${query}` : path) : decode(path));
  if (!bucket || !key || (address.includes('#') && url.startsWith('https:'))) {
    throw new RequestError('request-invalid', expected('s3://bucket/key or the address of an S3 object', 'url', url), {
      remedy: 'Other addresses are not fetched: send the picture itself.',
    });
  }
  if (!allowed.split(',').some((name) => name.trim() === bucket)) {
    throw new RequestError('bucket-not-allowed', `Pictures of the bucket ${bucket} are not read`, {
      remedy: 'Send the picture itself, or have the bucket added to ALLOWED_BUCKETS.',
    });
  }
  const versionId = url.startsWith('https:') ? new URLSearchParams(query).get('versionId') : null;
  return { bucket, key, ...(versionId ? { versionId } : {}) };
}

function splitOnce(text: string, by: string): string[] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
