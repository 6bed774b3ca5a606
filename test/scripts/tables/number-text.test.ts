import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainNumber, readNumberText } from '../../../scripts/tables/number-text.ts';

const NO = Number.NaN;

describe('readNumberText', () => {
  // Text, value where the point is the decimal sign, value where the comma is.
  it.each<[string, number, number, string?]>([
    ['1234', 1234, 1234],
    ['007', 7, 7],
    ['1,234', 1234, 1.234],
    ['1.234', 1.234, 1234],
    ['1,234.50', 1234.5, NO],
    ['1.234,50', NO, 1234.5],
    ['33,5', NO, 33.5],
    ['33.5', 33.5, NO],
    ['0,123', NO, 0.123],
    ['0.123', 0.123, NO],
    [',5', NO, 0.5],
    ['7.', 7, NO],
    ['1,234,567', 1234567, NO],
    ['1.234.567', NO, 1234567],
    ['12,34,567.8', 1234567.8, NO],
    ['1 234', 1234, 1234],
    ['1\u00a0234\u00a0567,5', NO, 1234567.5],
    ['1\u2009234.5', 1234.5, NO],
    ['1\u202f234', 1234, 1234],
    ["1'234.50", 1234.5, NO],
    ['1’234’567', 1234567, 1234567],
    ['\u22125', -5, -5],
    ['\u20135,5', NO, -5.5],
    ['+ 5', 5, 5],
    ['(1,234.50)', -1234.5, NO],
    ['($1,234.50)', -1234.5, NO, '$'],
    ['-$5', -5, -5, '$'],
    ['$-5', -5, -5, '$'],
    ['US$ 5', 5, 5, 'US$'],
    ['R$ 1.234,50', NO, 1234.5, 'R$'],
    ['1.234,50 €', NO, 1234.5, '€'],
    ['EUR 5', 5, 5, 'EUR'],
    ['1 234,50 zł', NO, 1234.5, 'zł'],
    ['99 kr.', 99, 99, 'kr.'],
    ['12 %', 12, 12, '%'],
    ['-12,5%', NO, -12.5, '%'],
    ['1.5e3', 1500, NO],
    ['1,5E+03', NO, 1500],
    ['1e\u22122', 0.01, 0.01],
    ['1,234e3', NO, 1234],
    ['1e999', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('reads %j', (text, point, comma, unit = '') => {
    expect(readNumberText(text)).toEqual({ point, comma, unit });
  });

  it.each([
    ...['', '-', '.', '$', '%', '()', 'n/a', 'NaN', 'Infinity', '0x10', '1_000', '12 km', '5 KWH', '$5 %', '5-'],
    ...['--5', '(-5)', '-(5)', '1.2.3', '1,2345.6', '1,234 567', "1'234,567.8", '01,234.5', '12:30'],
    ...['2024-01-05', '05.01.2024', '1/2', '50+', '<5', '١٢', '１２', '1 2', '$€5', '1e', 'e5', `1.${'1'.repeat(101)}`],
  ])('takes %j for no number', (text) => {
    const { point, comma } = readNumberText(text);
    expect([point, comma]).toEqual([Number.NaN, Number.NaN]);
  });

  it('answers the number that was written, whoever wrote it', () => {
    const locale = fc.constantFrom(
      'en-US',
      'de-DE',
      'fr-FR',
      'pt-BR',
      'de-CH',
      'sv-SE',
      'pl-PL',
      'en-IN',
      'es-MX',
      'cs-CZ',
    );
    const value = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((cents) => cents / 100);
    const currency = fc.constantFrom(undefined, 'EUR', 'USD', 'CHF', 'PLN', 'SEK');
    fc.assert(
      fc.property(locale, value, currency, fc.boolean(), (tag, number, code, grouping) => {
        const style = code ? { style: 'currency' as const, currency: code } : {};
        const format = new Intl.NumberFormat(tag, { ...style, minimumFractionDigits: 2, useGrouping: grouping });
        const decimal = new Intl.NumberFormat(tag).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value;
        const text = format.format(number).replaceAll(/[\u200e\u200f]/g, '');
        expect(readNumberText(text)[decimal === ',' ? 'comma' : 'point'] + 0, text).toBe(number + 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads what programs write as they do', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(isPlainNumber(String(value))).toBe(true);
        expect(readNumberText(String(value)).point).toBe(value + 0);
      }),
    );
  });

  it('ends soon for any text, and makes no number out of words', () => {
    const pieces = fc.constantFrom(..."0123456789.,'’ -+()%$€eE\u2212\u00a0x".split(''), 'EUR', 'kr', '000');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
        const text = list.join('');
        const { point, comma } = readNumberText(text);
        if (!/\d/.test(text)) expect([point, comma]).toEqual([Number.NaN, Number.NaN]);
        // No digit is lost or added: the digits of what is read are those that are written.
        for (const value of [point, comma])
          if (Number.isFinite(value) && !/e/i.test(text) && Math.abs(value) >= 1 && Math.abs(value) < 1e15)
            expect(text.replaceAll(/\D/g, '')).toContain(String(Math.trunc(Math.abs(value))));
      }),
      { numRuns: 5000 },
    );
    for (const part of ['1,', '1 ', ' ', '(', '$', '1,234'])
      expect(readNumberText(part.repeat(300_000)).point).toBeNaN();
  });
});
