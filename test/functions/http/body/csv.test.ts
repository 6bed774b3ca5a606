import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../../functions/http/body/csv.ts';

describe('tableOf', () => {
  it.each([
    ['names', [['a', 'b'], ['1', '2']], [], { columns: ['a', 'b'], data: [[1, 2]] }], // biome-ignore format: rows
    ['names with none for an index', [['', 'a'], ['0', '2']], [], { columns: ['', 'a'], data: [[0, 2]] }], // biome-ignore format: rows
    ['no names', [['1', '2']], [], { data: [[1, 2]] }],
    ['names that are numbers', [['2025', '2024'], ['1', '2']], ['2024', '2025'], { columns: ['2025', '2024'], data: [[1, 2]] }], // biome-ignore format: rows
    ['years that are no names', [['2025', '2024']], ['a', 'b'], { data: [[2025, 2024]] }],
  ])('reads %s', (_, lines, features, table) => {
    expect(tableOf(lines, features)).toEqual(table);
  });

  it.each([
    ['1', 'nan'],
    ['', '2'],
    ['nan', 'NaN'],
    ['-inf', ''],
    ['N/A', 'null'],
    ['1', 'x'],
  ])('refuses the row %s,%s as a first one', (...cells) => {
    expect(() => tableOf([cells, ['1', '2']], [])).toThrow(/value \d of row 1/);
  });

  it('reads and refuses long cells at once', () => {
    const digits = '1'.repeat(200_000);
    const started = performance.now();
    expect(() => tableOf([['1', `${digits}x`]], [])).toThrow(/a number/);
    expect(tableOf([[digits], ['1.', '.5'], ['+1.5e-3', '0']], []).data.slice(1)).toEqual([[1, 0.5], [0.0015, 0]]); // biome-ignore format: rows
    // 40 s, when a digit could be before and after a point that is not there.
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('says what is taken for names where nothing else is there', () => {
    expect(() => tableOf([['1;2;3']], [])).toThrow(
      expect.objectContaining({ code: 'request-invalid', remedy: expect.stringContaining('commas') }),
    );
    expect(() => tableOf([], [])).toThrow(/at least one row/);
  });
});
