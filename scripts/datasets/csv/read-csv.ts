import { createReadStream } from 'node:fs';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { CsvError, parse } from 'csv-parse';
import type { Skipped } from '../dataset.ts';

export interface NumberTable {
  columns: string[];
  /** Complete rows of numbers that are finite as float32 too. */
  rows: Float64Array[];
  skipped: Skipped[];
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const MAX_RECORD = 1024 * 1024;
const MAX_COLUMNS = 10_000;

/**
 * Reads a CSV file of numbers: a header row, then one record a line; comma, semicolon or tab, whichever the header
 * holds most of. A row with a missing or non-numeric value is listed and left out.
 * @throws FreezeframeError `csv-invalid` for what cannot be read as such a table.
 */
export async function readCsv(path: string): Promise<NumberTable> {
  const delimiter = await delimiterOf(path);
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      delimiter,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_RECORD,
    }),
  );
  const table: NumberTable = { columns: [], rows: [], skipped: [] };
  const bad: number[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (table.columns.length === 0) {
        table.columns = header(record);
        continue;
      }
      const row = Float64Array.from(record, (cell) => (NUMBER.test(cell) ? Number(cell) : Number.NaN));
      // A model sees float32: what is infinite there would make its answers, and what is measured of them, infinite.
      const wrong =
        record.length === table.columns.length ? row.findIndex((value) => !Number.isFinite(Math.fround(value))) : -1;
      if (record.length !== table.columns.length)
        skip(table, info.lines, `${record.length} values instead of ${table.columns.length}`);
      else if (wrong >= 0) {
        bad[wrong] = (bad[wrong] ?? 0) + 1;
        const cell = record[wrong] as string;
        skip(
          table,
          info.lines,
          `${table.columns[wrong]} is ${cell === '' ? 'missing' : `${NUMBER.test(cell) ? 'too large' : 'no number'}: ${JSON.stringify(cell.slice(0, 40))}`}`,
        );
      } else table.rows.push(row);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FreezeframeError('csv-invalid', `The table cannot be read: ${error.message}`, { cause: error });
  }
  if (table.columns.length === 0) throw new FreezeframeError('csv-invalid', 'The table is empty');
  refuseTextColumn(table, bad);
  return table;
}

function skip(table: NumberTable, line: number, reason: string) {
  table.skipped.push({ file: `line ${line}`, reason });
}

function header(names: string[]): string[] {
  const fail = (what: string, received: unknown): never => {
    throw new FreezeframeError('csv-invalid', expected(what, 'the header row', received), {
      remedy: 'The first line must name each column once.',
    });
  };
  if (names.length < 2) fail('at least 2 columns', names);
  if (names.length > MAX_COLUMNS) fail(`at most ${MAX_COLUMNS} columns`, names.length);
  if (names.some((name) => name === '')) fail('a name for every column', names);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail('different names', twice);
  if (names.every((name) => NUMBER.test(name))) fail('names', names);
  return names;
}

/** A column that spoils every row is text: naming it helps more than a list of all rows. */
function refuseTextColumn({ columns, rows, skipped }: NumberTable, bad: number[]) {
  if (rows.length > 0) return;
  const worst = bad.findIndex((count) => count === Math.max(...bad.filter((other) => other !== undefined)));
  const blame = worst >= 0 ? `: ${columns[worst]} is a number in none of them` : '';
  throw new FreezeframeError('dataset-unusable', `None of ${skipped.length} rows is complete and numeric${blame}`, {
    remedy: 'Leave out columns that are not numbers.',
    details: { skipped: skipped.slice(0, 5) },
  });
}

/** Looks at the first line only; quoted names may hold other signs, so the commonest one wins. */
async function delimiterOf(path: string): Promise<string> {
  let start = '';
  for await (const part of createReadStream(path, { encoding: 'utf8', end: 64 * 1024 })) start += part;
  const line = start.split(/\r?\n/, 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((sign) => ({ sign, count: line.split(sign).length }));
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).sign;
}
