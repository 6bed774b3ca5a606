import { createHash } from 'node:crypto';

/** Characters of base64url that are kept of a digest: 132 bits. */
const LENGTH = 22;

/** Under which id the result of an object is found: the same for every version and every notification of it. */
export function resultId(bucket: string, key: string): string {
  return createHash('sha256').update(`${bucket}\n${key}`).digest('base64url').slice(0, LENGTH);
}
