import { randomBytes } from 'node:crypto';
import { digestOf, type KeyRecord, type KeyScope } from '#functions';

export interface NewKey {
  readonly name: string;
  readonly expiresAt?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
}

/** A new key, and what is kept of it: the key itself is known to nobody once it has been shown. */
export function createKey({ name, expiresAt, scopes }: NewKey, now = new Date()): { key: string; record: KeyRecord } {
  const id = randomBytes(6).toString('hex');
  const key = `ff_${id}_${randomBytes(32).toString('base64url')}`;
  const record = {
    id,
    name,
    sha256: digestOf(key),
    createdAt: now.toISOString(),
    ...(expiresAt ? { expiresAt } : {}),
    ...(scopes?.length ? { scopes: [...scopes] } : {}),
  };
  return { key, record };
}
