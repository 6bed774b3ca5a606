import { randomBytes } from 'node:crypto';
import { digestOf, type KeyRecord } from '../../../../functions/http/auth/key.ts';

export const PAST = '2020-01-01T00:00:00.000Z';
export const FUTURE = '2120-01-01T00:00:00.000Z';

/** A key and what is kept of it. */
export function makeKey(extra: Partial<KeyRecord> = {}): { key: string; record: KeyRecord } {
  const id = randomBytes(6).toString('hex');
  const key = `ff_${id}_${randomBytes(32).toString('base64url')}`;
  return { key, record: { id, name: `key ${id}`, sha256: digestOf(key), createdAt: PAST, ...extra } };
}
