import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumbers } from '../../../scripts/tables/read-numbers.ts';
import { temporaryFolder, writeFiles } from '../datasets/picture-files.ts';

async function read(text: string | Uint8Array) {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'table.csv': text });
  return readNumbers(join(folder, 'table.csv'));
}

describe('readNumbers', () => {
  it('reads numbers in every usual form', async () => {
    const { columns, rows, skipped } = await read('\uFEFFa, b ,"c, d"\r\n1,-2.5,+3e2\r\n.5,"6",7.\r\n\r\n');
    expect(columns).toEqual(['a', 'b', 'c, d']);
    expect(rows.map((row) => [...row])).toEqual([
      [1, -2.5, 300],
      [0.5, 6, 7],
    ]);
    expect(skipped).toEqual([]);
  });

  it.each([';', '\t'])('finds out that %j separates', async (sign) => {
    expect((await read(`a${sign}b\n1${sign}2\n`)).columns).toEqual(['a', 'b']);
  });

  it('lists incomplete and non-numeric rows by line', async () => {
    const { rows, skipped } = await read(
      'size,price\n1,2\n,3\n4,cheap\n5\n6,7,eight\n1e999,1\n-,1\nNaN,1\nInfinity,1\n-1e39,1\n11,12\n',
    );
    expect(rows.map((row) => [...row])).toEqual([
      [1, 2],
      [11, 12],
    ]);
    expect(skipped).toEqual([
      { line: 3, reason: 'size is missing' },
      { line: 4, reason: 'price is no number: "cheap"' },
      { line: 5, reason: '1 value instead of 2' },
      { line: 6, reason: '3 values instead of 2' },
      { line: 7, reason: 'size is too large: "1e999"' },
      { line: 8, reason: 'size is no number: "-"' },
      { line: 9, reason: 'size is no number: "NaN"' },
      { line: 10, reason: 'size is no number: "Infinity"' },
      { line: 11, reason: 'size is too large: "-1e39"' },
    ]);
  });

  it('takes names that are properties of every object', async () => {
    const { columns, rows } = await read('__proto__,constructor,toString\n1,2,3\n');
    expect(columns).toEqual(['__proto__', 'constructor', 'toString']);
    expect(rows.map((row) => [...row])).toEqual([[1, 2, 3]]);
  });

  it.each([
    ['nothing', '', 'The table is empty'],
    ['one column', 'a\n1\n', 'at least 2 columns'],
    ['a column without a name', 'a,\n1,2\n', 'a name for every column'],
    ['a name twice', 'a,a\n1,2\n', 'different names'],
    ['no header', '1,2\n3,4\n', 'Expected names for the header row'],
    ['a quote that never ends', 'a,b\n1,"2\n', 'cannot be read'],
    ['a column of words', 'city,price\nParis,1\nRome,2\n', 'city holds no number, but words: "Paris" (line 2)'],
    ['an empty column', 'city,price\n,1\n,2\n', 'city holds no value'],
    ['a header alone', 'a,b\n', 'a holds no value'],
    ['control characters in a name', 'a\u0085,b\n1,2\n', 'names without control characters'],
    ['numbers in place of names', '"1,5";"2,5"\n3;4\n', 'Expected names for the header row'],
  ])('refuses %s', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('reads the columns that are chosen, and no others', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 't.csv': 'id,price,size\nA1,2,3\nB2,4,\nC3,x,5\n,7,8\n' });
    const choose = () => ({ numbers: [2, 1], text: 0 });
    const { columns, rows, texts, skipped } = await readNumbers(join(folder, 't.csv'), { choose });
    expect(texts).toEqual(['A1']);
    expect(columns).toEqual(['size', 'price']);
    expect(rows.map((row) => [...row])).toEqual([[3, 2]]);
    expect(skipped.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'size is missing'],
      [4, 'price is no number: "x"'],
      [5, 'id is missing'],
    ]);
  });

  it('answers a table or one of our errors for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 60 })),
        async (bytes) => {
          const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes);
          await read(text).then(
            ({ columns, rows }) => expect(rows.every((row) => row.length === columns.length)).toBe(true),
            (error) => expect(error).toMatchObject({ code: expect.stringMatching(/^(csv-invalid|dataset-unusable)$/) }),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
