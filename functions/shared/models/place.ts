import { expected, FreezeframeError } from '@freezeframe/inference';

/** A store in S3. */
export interface S3Place {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
}

const BUCKET = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** What S3 takes in keys without any encoding, so that no tool in between changes it. */
const PREFIX = /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/;

/** Reads `s3://bucket/prefix`. @throws FreezeframeError `store-not-valid`. */
export function parseS3Place(text: string): S3Place {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(.*)$/.exec(text) ?? [];
  const prefix = rest.replaceAll(/^\/|\/$/g, '');
  const dots = prefix.split('/').some((part) => part === '.' || part === '..');
  if (BUCKET.test(bucket) && (prefix === '' || (PREFIX.test(prefix) && !dots))) return { bucket, prefix };
  throw new FreezeframeError('store-not-valid', expected('s3://bucket/prefix', 'a store', text), {
    remedy: 'Name the bucket in lower case, then folders of letters, digits and hyphens: s3://my-bucket/models',
    details: { store: text.slice(0, 160) },
  });
}
