import { describe, expect, it } from 'vitest';
import {
  formatAccuracy,
  formatAmount,
  formatBytes,
  formatShare,
  formatTable,
} from '../../../scripts/terminal/table.ts';

describe('formatAmount', () => {
  it.each<[number, string, number | undefined, string]>([
    [16278.78, 'USD', undefined, '16,280 USD'],
    [0.00012345, '', undefined, '0.0001235'],
    [-228823.3125, '€', 7, '-228,823.3 €'],
    [0, 'm', 7, '0 m'],
  ])('writes %d as %s has it', (value, unit, digits, wanted) => {
    expect(formatAmount(value, unit, digits)).toBe(wanted);
  });
});

describe('formatTable', () => {
  it('aligns words to the left and numbers to the right, with no space at the end', () => {
    expect(
      formatTable(
        ['NAME', '>COUNT', 'TAGS'],
        [
          ['gnomes', '7', ''],
          ['a', '1234567', 'x'],
        ],
      ),
    ).toBe(['NAME      COUNT  TAGS', 'gnomes        7', 'a       1234567  x'].join('\n'));
  });

  it('counts an accent with its letter', () => {
    const [, composed, apart] = formatTable(
      ['A', 'B'],
      [
        ['é', '1'],
        ['e\u0301', '2'],
      ],
    ).split('\n');
    expect(composed?.indexOf('1')).toBe(3);
    expect(apart?.indexOf('2')).toBe(4);
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [262_144_000, '262.1 MB'],
  [5e12, '5000.0 GB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it.each([
  [0, '0.0 %'],
  [0.97312, '97.3 %'],
  [1, '100.0 %'],
])('a share of %d is %s', (share, text) => expect(formatShare(share)).toBe(text));

it('says an accuracy with its interval, and none where there is none', () => {
  expect(formatAccuracy({ accuracy: 0.5, accuracyLow: 0.254, accuracyHigh: 0.746 })).toBe(
    '50.0 % (95 % interval 25.4 % to 74.6 %)',
  );
  // Models that were frozen before have none.
  expect(formatAccuracy({ accuracy: 0.5 })).toBe('50.0 %');
  expect(formatAccuracy({ meanAbsoluteError: 2 })).toBeUndefined();
});
