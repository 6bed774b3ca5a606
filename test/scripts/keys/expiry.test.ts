import { describe, expect, it } from 'vitest';
import { parseExpiry } from '../../../scripts/keys/expiry.ts';

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
});
