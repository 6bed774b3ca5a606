import { FreezeframeError } from '@freezeframe/inference';
import type { KeyRecord } from '#functions';

/** Where records of keys are kept. */
export interface KeyStore {
  /** For people: where that is. */
  readonly place: string;
  /** The oldest first. */
  list(): Promise<KeyRecord[]>;
  /** Adds a record, or replaces the one of the same id. */
  put(record: KeyRecord): Promise<void>;
}

export type KeyState = 'good' | 'expired' | 'revoked';

export function stateOf({ revokedAt, expiresAt }: KeyRecord, now = Date.now()): KeyState {
  if (revokedAt) return 'revoked';
  return expiresAt && Date.parse(expiresAt) <= now ? 'expired' : 'good';
}

/**
 * The record that is meant: an id, or the name of the only good key that has it.
 * @throws FreezeframeError `key-not-found`, `key-ambiguous`.
 */
export function pick(records: readonly KeyRecord[], said: string): KeyRecord {
  const byId = records.find(({ id }) => id === said);
  if (byId) return byId;
  const named = records.filter(({ name }) => name === said);
  const good = named.filter((record) => stateOf(record) === 'good');
  const [only, ...more] = good.length > 0 ? good : named;
  if (only && more.length === 0) return only;
  if (!only) {
    throw new FreezeframeError('key-not-found', `There is no key ${said}.`, {
      remedy: 'See what there is with: freezeframe keys list',
    });
  }
  const ids = [only, ...more].map(({ id }) => id);
  throw new FreezeframeError('key-ambiguous', `Several keys are called ${said}: ${ids.join(', ')}.`, {
    remedy: `Say which: freezeframe keys revoke ${only.id}`,
    details: { ids },
  });
}
