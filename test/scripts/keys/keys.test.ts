import { describe, expect, it } from 'vitest';
import { findKey, KEY, keyRecord } from '../../../functions/http/auth/key.ts';
import { createKey, parseExpiry } from '../../../scripts/keys/keys.ts';

describe('createKey', () => {
  it('makes a key that its record knows, and never the same one twice', () => {
    const made = Array.from({ length: 50 }, () => createKey({ name: 'shop', scopes: ['read'] }));
    const records = made.map(({ record }) => record);
    for (const { key, record } of made) {
      expect(key).toMatch(KEY);
      expect(keyRecord().parse(record)).toEqual(record);
      expect(findKey(key, records, Date.now())).toEqual(record);
      expect(JSON.stringify(record)).not.toContain(key.slice(-43));
    }
    expect(new Set(made.map(({ key }) => key.slice(-43))).size).toBe(50);
    expect(new Set(records.map(({ id }) => id)).size).toBe(50);
  });

  it('leaves out what was not said', () => {
    expect(Object.keys(createKey({ name: 'shop', scopes: [] }).record)).toEqual(['id', 'name', 'sha256', 'createdAt']);
  });
});

const now = new Date('2026-01-31T12:00:00.000Z');

describe('parseExpiry', () => {
  it.each([
    ['12h', '2026-02-01T00:00:00.000Z'],
    ['90d', '2026-05-01T12:00:00.000Z'],
    ['2w', '2026-02-14T12:00:00.000Z'],
    ['1y', '2027-01-31T12:00:00.000Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z'],
    ['2026-12-31T10:00:00+02:00', '2026-12-31T08:00:00.000Z'],
  ])('reads %s', (text, time) => {
    expect(parseExpiry(text, now)).toBe(time);
  });

  it.each(['', '0d', '90', '-1d', '1 d', 'tomorrow', '2026-01-31', '2026-13-01', '2020-01-01', '99999d'])(
    'refuses %j',
    (text) => {
      expect(() => parseExpiry(text, now)).toThrow('Expected a time to come');
    },
  );

  it.each(['9999y', '2030-02-30', '2030-02-30T10:00:00Z'])('refuses %s, which no record holds', (text) => {
    expect(() => parseExpiry(text, now)).toThrow('Expected a time to come');
  });

  it('reads the last year that records hold', () => {
    const expiresAt = parseExpiry('9999-12-31', now);
    expect(keyRecord().parse(createKey({ name: 'shop', expiresAt }).record)).toMatchObject({ expiresAt });
  });
});
