import { describe, expect, it } from 'vitest';
import {
  countOf,
  formatAccuracy,
  formatAmount,
  formatBytes,
  formatError,
  formatShare,
  formatTable,
  verifiedAs,
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
  [0, 'pictures', '0 pictures'],
  [1, 'pictures', '1 picture'],
  [1, 'whole epochs', '1 whole epoch'],
  [1200, 'test pictures', '1,200 test pictures'],
])('%d of %s is said as %s', (count, many, wanted) => expect(countOf(count, many)).toBe(wanted));

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
  const half = { accuracy: 0.5, accuracyLow: 0.254, accuracyHigh: 0.746 };
  expect(formatAccuracy(half)).toBe('50.0 % (95 % interval 25.4-74.6 %)');
  expect(formatAccuracy({ ...half, count: 12 }, 'rows')).toBe('50.0 % (95 % interval 25.4-74.6 %, 12 rows)');
  expect(formatAccuracy({ accuracy: 1, count: 1 })).toBe('100.0 % (1 picture)');
  // One picture of 10,000 shows.
  expect(formatAccuracy({ accuracy: 0.9923, accuracyLow: 0.99039, accuracyHigh: 0.99383, count: 10_000 })).toBe(
    '99.23 % (95 % interval 99.04-99.38 %, 10,000 pictures)',
  );
  // Models that were frozen before have none.
  expect(formatAccuracy({ accuracy: 0.5 })).toBe('50.0 %');
  expect(formatAccuracy({ meanAbsoluteError: 2 })).toBeUndefined();
});

it('says an error with the unit and what it rests on', () => {
  const errors = { meanAbsoluteError: 16_278.78, rootMeanSquaredError: 21_400, count: 300 };
  expect(formatError(errors, 'USD')).toBe('16,280 USD (root mean squared 21,400 USD, 300 rows)');
  expect(formatError({ meanAbsoluteError: 0.5 }, '')).toBe('0.5');
  expect(formatError({ accuracy: 1 }, '')).toBeUndefined();
});

describe('the comparison of a frozen model', () => {
  it.each([
    ['floats', { precision: { kept: 'float32' }, accuracy: 1 }, 'as'],
    ['nothing stored', {}, 'as'],
    ['int8', { precision: { kept: 'int8' } }, 'before its numbers were stored as bytes, as'],
    ['weights', { weights: { kept: 'int8' } }, 'before its numbers were stored as bytes, as'],
  ])('is of the graph of floats: %s', (_, metrics, words) => {
    expect(verifiedAs(metrics)).toBe(words);
  });
});
