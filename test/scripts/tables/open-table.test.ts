import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../../scripts/tables/open-table.ts';
import { temporaryFolder, writeFiles } from '../datasets/picture-files.ts';

async function read(content: string | Uint8Array, encoding?: string) {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'table.csv': content });
  const { columns, records } = await openTable(join(folder, 'table.csv'), encoding === undefined ? {} : { encoding });
  const rows: string[][] = [];
  for await (const { cells } of records()) rows.push(cells);
  return [columns, ...rows];
}

const TEXT = 'Größe,Preis\n1,2 €\n';
const CELLS = [
  ['Größe', 'Preis'],
  ['1', '2 €'],
];
const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
const windows = (text: string) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1');

describe('openTable', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(TEXT)],
  ])('reads %s', async (_, bytes) => {
    expect(await read(bytes)).toEqual(CELLS);
    // What is certain is not overruled.
    if (bytes[0] !== 0x47) expect(await read(bytes, 'windows-1252')).toEqual(CELLS);
  });

  it('reads another encoding only where it is named, and shows what it would be', async () => {
    await expect(read(windows(TEXT))).rejects.toMatchObject({
      code: 'csv-invalid',
      message: 'table.csv is not text in UTF-8',
      remedy: expect.stringContaining('--encoding windows-1252: Größe,Preis'),
    });
    expect(await read(windows(TEXT), 'windows-1252')).toEqual(CELLS);
    expect(await read(Buffer.from([0xd6, 0xe5, 0xed, 0xe0, 0x2c, 0x61, 0x0a]), 'windows-1251')).toEqual([
      ['Цена', 'a'],
    ]);
    await expect(read(TEXT, 'klingon')).rejects.toMatchObject({ code: 'used-wrongly' });
  });

  it.each([
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2\n', 'utf16le')],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x2c, 0, 0, 0])],
    ['half a letter of UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])],
    ['one wrong byte after 200,000 good ones', Buffer.from(`a,b\n${'1,2\n'.repeat(50_000)}1,\xff\n`, 'latin1')],
    ['a letter that is cut off', Buffer.from(`a,b\n1,ö`).subarray(0, -1)],
    ['zero bytes further on', Buffer.from(`a,b\n${'1,2\n'.repeat(50_000)}\0\0`)],
  ])('refuses %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'csv-invalid', remedy: expect.stringContaining('UTF-8') });
  });

  it('does not cut letters where it reads in parts', async () => {
    // Parts of a file begin at multiples of 64 KB: a letter of three bytes straddles two of them.
    for (const shift of ['', 'a', 'ab']) {
      const rows = await read(`${shift}x,b\n${'€€€€€€€,1\n'.repeat(10_000)}`);
      expect(rows).toHaveLength(10_001);
      expect(new Set(rows.slice(1).map(([cell]) => cell))).toEqual(new Set(['€€€€€€€']));
    }
  });

  it('passes over records without a value', async () => {
    expect(await read('a;b\n;\n1;2\n\n ; \n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('reads any text back in each encoding', async () => {
    const cell = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .map((text) => `x${text.replaceAll(/[\s\0"\p{Cs}\ufeff]/gu, '')}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
        const text = rows.map((row) => row.map((one) => `"${one}"`).join(',')).join('\n');
        for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le'), utf16be(text)])
          expect(await read(bytes)).toEqual(rows.map((row) => [...row]));
      }),
      { numRuns: 40 },
    );
  });
});
