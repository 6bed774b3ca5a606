import { describe, expect, it } from 'vitest';
import { digestOf, findKey, KEY, keyRecord } from '../../../../functions/http/auth/key.ts';
import { FUTURE, makeKey, PAST } from './keys.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('findKey', () => {
  const good = makeKey();
  const timed = makeKey({ expiresAt: FUTURE });
  const expired = makeKey({ expiresAt: PAST });
  const revoked = makeKey({ revokedAt: PAST, expiresAt: FUTURE });
  const records = [good, timed, expired, revoked].map(({ record }) => record);

  it('finds keys that are good now', () => {
    expect(findKey(good.key, records, now)).toEqual(good.record);
    expect(findKey(timed.key, records, now)).toEqual(timed.record);
    expect(findKey(timed.key, records, Date.parse(FUTURE))).toBeUndefined();
  });

  it.each([
    ['an unknown one', makeKey().key],
    ['an expired one', expired.key],
    ['a revoked one', revoked.key],
    ['a digest in place of its key', good.record.sha256],
    ['the beginning of one', good.key.slice(0, -1)],
    ['one with more behind it', `${good.key}x`],
    ['nothing', ''],
    ['another alphabet', 'ключ\0'],
  ])('does not find %s', (_, presented) => {
    expect(findKey(presented, records, now)).toBeUndefined();
  });

  it('takes the same time for unknown, expired and revoked keys, wherever they stand in the list', () => {
    const first = makeKey({ revokedAt: PAST });
    const last = makeKey({ expiresAt: PAST });
    const many = [first.record, ...Array.from({ length: 200 }, () => makeKey().record), last.record];
    const cases = [first.key, last.key, makeKey().key];
    const times = medians(cases, (key) => findKey(key, many, now));
    const [least = 0, most = 0] = [Math.min(...times), Math.max(...times)];
    expect(most / least).toBeLessThan(1.3);
    // The measurement can tell: a search that stops at the first hit is far quicker for the first key.
    const naive = medians(cases, (key) => many.find(({ sha256 }) => sha256 === digestOf(key)));
    expect(Math.max(...naive) / Math.min(...naive)).toBeGreaterThan(1.3);
  });
});

/** Milliseconds of each case, taken in turns so that a busy machine is busy for all of them. */
function medians(cases: readonly string[], work: (key: string) => unknown): number[] {
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < 300; round++) {
    for (const [i, key] of cases.entries()) {
      const started = performance.now();
      work(key);
      samples[i]?.push(performance.now() - started);
    }
  }
  return samples.map((each) => each.sort((a, b) => a - b)[each.length / 2] ?? 0);
}

describe('keyRecord', () => {
  it('holds a digest, never the key', () => {
    const { key, record } = makeKey();
    expect(key).toMatch(KEY);
    expect(keyRecord().parse(record)).toEqual(record);
    expect(JSON.stringify(record)).not.toContain(key.slice(16));
  });

  it.each([[{ sha256: 'x' }], [{ expiresAt: 'tomorrow' }], [{ scopes: ['everything'] }], [{ scopes: [] }]])(
    'refuses %j',
    (wrong) => {
      expect(keyRecord().safeParse({ ...makeKey().record, ...wrong }).success).toBe(false);
    },
  );
});
