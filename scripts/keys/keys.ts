import { randomBytes } from 'node:crypto';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { digestOf, type KeyRecord, type KeyScope } from '#functions';
import { didYouMean } from '#system';

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
    const names = records.map(({ name }) => name);
    const remedy = 'See what there is with: freezeframe keys list';
    throw new FreezeframeError('key-not-found', `There is no key ${said}.`, didYouMean(said, names, remedy));
  }
  const ids = [only, ...more].map(({ id }) => id);
  throw new FreezeframeError('key-ambiguous', `Several keys are called ${said}: ${ids.join(', ')}.`, {
    remedy: `Say which: freezeframe keys revoke ${only.id}`,
    details: { ids },
  });
}

interface NewKey {
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

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 365 * 86_400_000 };

/** ISO 8601 writes later years in another way, which whoever reads keys refuses. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * When a key ends: `90d`, `12h`, `2w`, `1y` from now, or a day (its first moment, UTC) or time as ISO 8601 writes it.
 * @returns ISO 8601. @throws FreezeframeError `used-wrongly`, also for what is past or too far.
 */
export function parseExpiry(text: string, now = new Date()): string {
  const [, count, unit = ''] = /^(\d{1,4})([hdwy])$/.exec(text) ?? [];
  const time = count ? now.getTime() + Number(count) * (UNITS[unit] ?? 0) : parseDate(text);
  if (time > now.getTime() && time <= LAST) return new Date(time).toISOString();
  throw new FreezeframeError('used-wrongly', expected('a time to come, before the year 10000', '--expires', text), {
    remedy: 'Say --expires 90d (h, d, w, y), or a day: --expires 2030-12-31.',
  });
}

function parseDate(text: string): number {
  const [, day] = /^(\d{4}-\d{2}-\d{2})(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const first = Date.parse(day ?? '');
  // The 30th of February is read as a day of March.
  return first > 0 && new Date(first).toISOString().startsWith(day as string) ? Date.parse(text) : Number.NaN;
}
