import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { once } from '../../shared/runtime/once.ts';

/** What a key may be limited to: `read` asks what there is and for results (GET), `classify` asks about pictures (POST). */
export const KEY_SCOPES = ['read', 'classify'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** `ff_<id>_<secret>`: the id is no secret and names the key in logs and lists; the secret is 32 random bytes, base64url. */
export const KEY = /^ff_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

/**
 * What is kept of a key, as JSON in a parameter of its own. A plain SHA-256 is enough for 256 random bits: there is nothing
 * to guess that a slow hash would slow down.
 */
export const keyRecord = once(() =>
  z.object({
    id: z.string().check(z.regex(/^[a-z0-9]{12}$/)),
    name: z.string().check(z.minLength(1), z.maxLength(100)),
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    createdAt: z.iso.datetime(),
    expiresAt: z.optional(z.iso.datetime()),
    revokedAt: z.optional(z.iso.datetime()),
    /** Everything, where there are none. */
    scopes: z.optional(z.array(z.enum(KEY_SCOPES)).check(z.minLength(1))),
  }),
);

export type KeyRecord = z.output<ReturnType<typeof keyRecord>>;

/** A parameter's value; undefined for what is no key record. */
export function readRecord(value: string | undefined): KeyRecord | undefined {
  try {
    return keyRecord().parse(JSON.parse(value ?? ''));
  } catch {
    return undefined;
  }
}

/** Of the whole key, hexadecimal. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * The record of a key that is good now. All records are compared, each in constant time and each with its dates. So an
 * unknown key, an expired and a revoked one take the same way and the same time.
 * @param now milliseconds since 1970.
 */
export function findKey(presented: string, records: readonly KeyRecord[], now: number): KeyRecord | undefined {
  const digest = Buffer.from(digestOf(presented), 'hex');
  let found: KeyRecord | undefined;
  for (const record of records) {
    const good = isGood(record, now);
    if (timingSafeEqual(digest, Buffer.from(record.sha256, 'hex')) && good) found = record;
  }
  return found;
}

function isGood({ expiresAt, revokedAt }: KeyRecord, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || Date.parse(expiresAt) > now);
}
