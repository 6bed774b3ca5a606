import { describe, expect, it } from 'vitest';
import { findKey, KEY, keyRecord } from '../../../functions/http/auth/key.ts';
import { createKey } from '../../../scripts/keys/create-key.ts';

describe('createKey', () => {
  it('makes a key that its record knows, and never the same one twice', () => {
    const made = Array.from({ length: 50 }, () => createKey({ name: 'shop', scopes: ['read'] }));
    const records = made.map(({ record }) => record);
    for (const { key, record } of made) {
      expect(key).toMatch(KEY);
      expect(keyRecord.parse(record)).toEqual(record);
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
