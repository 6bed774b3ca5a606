import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumbers } from '../../../scripts/tables/read-numbers.ts';
import { temporaryFolder, writeFiles } from '../datasets/picture-files.ts';

/** A table of these columns, each cell in quotes. */
async function read(columns: Record<string, readonly string[]>, delimiter = ',') {
  const folder = await temporaryFolder();
  const lists = Object.values(columns);
  const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell}"`).join(delimiter);
  const rows = lists[0]?.map((_, row) => quoted(lists.map((list) => list[row] as string))) ?? [];
  await writeFiles(folder, { 't.csv': [quoted(Object.keys(columns)), ...rows].join('\n') });
  return readNumbers(join(folder, 't.csv'));
}

/** The values of one column, beside another that tells nothing of how numbers are written. */
async function values(cells: readonly string[], delimiter?: string, beside: readonly string[] = []) {
  const other = cells.map((_, row) => beside[row] ?? String(row));
  const { rows } = await read({ other, x: cells }, delimiter);
  return rows.map((row) => row[1]);
}

describe('how a column writes its numbers', () => {
  it.each<[string, string[], number[], string?, string[]?]>([
    ['thousands by commas', ['982', '1,230', '2,376'], [982, 1230, 2376]],
    ['thousands by commas, with decimals', ['1,234', '33.5'], [1234, 33.5]],
    ['thousands by points, with decimals', ['1.234', '33,5'], [1234, 33.5]],
    ['millions by commas', ['1,234,567', '1,234'], [1234567, 1234]],
    ['millions by points', ['1.234.567', '1.234'], [1234567, 1234]],
    ['lakhs', ['12,34,567', '1,234'], [1234567, 1234]],
    ['thousands by points under semicolons', ['982', '1.230', '2.376'], [982, 1230, 2376], ';'],
    ['decimal commas', ['33,5', '400,25', '12'], [33.5, 400.25, 12]],
    ['decimal commas below one', ['0,123', '0,456'], [0.123, 0.456]],
    ['three decimals, as programs write them', ['1.234', '2.345', '3.450'], [1.234, 2.345, 3.45]],
    ['three decimals where another column says so', ['1.234', '2.345'], [1.234, 2.345], ';', ['0.5', '1.5']],
    ['spaces of every kind', ['1 234', '1\u00a0234,5', '1\u202f234', '1\u2009234'], [1234, 1234.5, 1234, 1234]],
    ['apostrophes', ["1'234", '1’234.5', '5'], [1234, 1234.5, 5]],
    ['typographic minus', ['\u22125', '5', '\u20137'], [-5, 5, -7]],
    ['accounts', ['$1,234.00', '(5)', '($ 1,000.50)'], [1234, -5, -1000.5]],
    ['percent', ['12 %', '7.5%'], [12, 7.5]],
    ['exponents', ['1,5E+03', '2E+03'], [1500, 2000]],
  ])('%s', async (_, cells, wanted, delimiter, beside) => {
    expect(await values(cells, delimiter, beside)).toEqual(wanted);
  });

  it.each<[string, string[], RegExp, string?, string[]?]>([
    ['that may be both throughout', ['1,234', '2,345'], /whether "1,234" \(line 2\) is 1234 or 1.234/],
    ['that may be both, beside whole numbers', ['1,234', '982'], /"1,234" \(line 2\) is 1234 or 1.234/],
    ['of which thousands are not separated everywhere', ['1,230', '982', '1230'], /"1,230" \(line 2\)/],
    ['with three decimals or in thousands', ['1.234', '982'], /is 1.234 or 1234/],
    ['with points under semicolons', ['1.234', '2.345'], /is 1.234 or 1234/, ';'],
    ['with points beside decimal commas', ['1.234', '2.345'], /is 1.234 or 1234/, ',', ['0,5', '1,5']],
    ['with commas beside decimal commas', ['982', '1,230'], /is 1230 or 1.23/, ',', ['0,5', '1,5']],
    ['with commas under semicolons', ['982', '1,230'], /is 1230 or 1.23/, ';'],
    ['with points and commas, each doubtful', ['1.234', '1,234'], /is 1.234 or 1234/],
    ['with point and comma', ['33,5', '33.5'], /more than one way: "33,5" \(line 2\) and "33.5" \(line 3\)/],
    ['some of them percent', ['12 %', '0.12'], /more than one way: "12 %" \(line 2\) and "0.12" \(line 3\)/],
    ['in two currencies', ['$5', '6', '€7'], /more than one way: "\$5" \(line 2\) and "€7" \(line 4\)/],
    ['with a unit', ['12', '14 km'], /not read as a number: "14 km" \(line 3\)/],
    ['with a dash behind', ['12', '5-'], /not read as a number: "5-"/],
    ['that are limits', ['12', '<5', '50+'], /"<5" \(line 3\) and "50\+" \(line 4\)/],
    ['that are dates', ['2024-01-05', '2024-01-06'], /"2024-01-05" \(line 2\)/],
    ['in other digits', ['12', '١٢'], /not read as a number: "١٢"/],
    ['for machines', ['12', '0x10'], /not read as a number: "0x10"/],
  ])('refuses numbers %s', async (_, cells, message, delimiter, beside) => {
    await expect(values(cells, delimiter, beside)).rejects.toMatchObject({
      code: 'csv-invalid',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/^Write/),
      details: { column: 'x', values: expect.any(Array) },
    });
  });

  it('says how it read them, and in which unit', async () => {
    const { units, notes } = await read({ a: ['5', '6'], b: ['12 %', '13 %'], price: ['€ 1,234.5', '€ 7'] });
    expect(units).toEqual(['', '%', '€']);
    expect(notes).toEqual(['b: "12 %" is read as 12', 'price: "€ 1,234.5" is read as 1234.5']);
  });

  it('refuses commas that make a row longer: only whole numbers would stay', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 't.csv': 'rooms,price\n5,982\n6,1,570\n' });
    await expect(readNumbers(join(folder, 't.csv'))).rejects.toMatchObject({
      code: 'csv-invalid',
      message: 'Expected 2 values for line 3 but received ["6", "1", "570"]',
      remedy: expect.stringContaining('quotes'),
    });
  });

  it('answers what was written, or refuses: never another number, never fewer rows', async () => {
    const column = fc.record({
      locale: fc.constantFrom('en-US', 'de-DE', 'fr-FR', 'de-CH', 'en-IN', 'pt-BR'),
      digits: fc.constantFrom(0, 1, 2, 3),
      fixed: fc.boolean(),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      numbers: fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { minLength: 2, maxLength: 12 }),
    });
    let readable = 0;
    await fc.assert(
      fc.asyncProperty(column, async ({ locale, digits, fixed, delimiter, numbers }) => {
        const wanted = numbers.map((number) => number / 10 ** digits);
        const format = new Intl.NumberFormat(locale, {
          minimumFractionDigits: fixed ? digits : 0,
          maximumFractionDigits: 3,
        });
        const cells = wanted.map((value) => format.format(value));
        const other = cells.map((_, row) => String(row));
        const table = await read({ other, x: cells }, delimiter).catch((error) => {
          expect(error).toMatchObject({ code: 'csv-invalid' });
          return undefined;
        });
        if (table === undefined) return;
        readable++;
        const found = table.rows.map((row) => (row[1] ?? Number.NaN) + 0);
        // Nothing tells thousands throughout from three decimals throughout: it is read as programs write it, and said.
        const thousandth = cells.every((cell) => /^-?[1-9]\d{0,2}\.\d{3}$/.test(cell));
        if (thousandth) expect(table.notes).toEqual([`x: ${JSON.stringify(cells[0])} is read as ${found[0]}`]);
        else expect(found).toEqual(wanted.map((value) => value + 0));
      }),
      { numRuns: 500 },
    );
    expect(readable).toBeGreaterThan(250);
  });
});
