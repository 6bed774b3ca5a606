import { expected, FreezeframeError } from '@freezeframe/inference';
import { countOf } from '#terminal';
import { ColumnNotation, quoted, usualDecimal } from './column-notation.ts';
import { readNumberText } from './number-text.ts';
import { openTable, type Table, type TableOptions, type TableRecord } from './open-table.ts';

export interface NumberTable {
  columns: string[];
  /** For each column the currency that its numbers name, `%`, or nothing. */
  units: string[];
  /** Complete rows of numbers that are finite as float32 too. */
  rows: Float64Array[];
  /** For each row the cell of the column that is chosen as text. */
  texts: string[];
  /** For each row the line that it stands in. */
  lines: number[];
  skipped: { line: number; reason: string }[];
  /** How numbers are read that are not written as programs write them. */
  notes: string[];
}

export interface NumberOptions extends TableOptions {
  /** Which columns are read as numbers, in which order, and which as text. Default: all as numbers. May throw. */
  choose?: (columns: readonly string[]) => { numbers: readonly number[]; text?: number };
}

const MAX_COLUMNS = 10_000;

/**
 * Reads a table of numbers below a header row. How a column writes its numbers is decided on all of them before any is
 * read: thousands and decimals as spreadsheets have them. A row that lacks a value is listed and left out.
 * @throws FreezeframeError `csv-invalid` for what cannot be read as such a table, or only by losing or guessing numbers;
 *   `dataset-unusable` where a column holds no number at all, and what `openTable` throws
 */
export async function readNumbers(path: string, { choose, ...options }: NumberOptions = {}): Promise<NumberTable> {
  const file = await openTable(path, options);
  const header = checkHeader(file.columns);
  const { numbers: chosen, text }: ReturnType<NonNullable<typeof choose>> = choose?.(header) ?? {
    numbers: [...header.keys()],
  };
  const columns = chosen.map((index) => header[index] as string);
  const notations = columns.map((name) => new ColumnNotation(name));
  for await (const record of file.records()) {
    if (!isComplete(record, file)) continue;
    for (const [at, index] of chosen.entries()) notations[at]?.observe(record.cells[index] as string, record.line);
  }
  refuseColumnsWithout(notations);
  const usual = usualDecimal(notations, file.delimiter);
  const decimals = notations.map((notation) => notation.decide(usual));
  const table: NumberTable = {
    columns,
    units: notations.map(({ unit }) => unit),
    rows: [],
    texts: [],
    lines: [],
    skipped: [],
    notes: notations.map((notation, at) => notation.note(decimals[at] ?? 'point')).filter((note) => note !== ''),
  };
  for await (const { cells, line } of file.records()) {
    if (cells.length !== header.length) {
      table.skipped.push({ line, reason: `${countOf(cells.length, 'values')} instead of ${header.length}` });
      continue;
    }
    const row = Float64Array.from(
      chosen,
      (index, at) => readNumberText(cells[index] as string)[decimals[at] ?? 'point'],
    );
    // A model sees float32: what is infinite there would make its answers, and what is measured of them, infinite.
    const wrong = row.findIndex((value) => !Number.isFinite(Math.fround(value)));
    const word = text === undefined ? undefined : cells[text];
    if (wrong < 0 && word !== '') {
      table.rows.push(row);
      table.lines.push(line);
      if (word !== undefined) table.texts.push(word);
    } else if (wrong < 0) table.skipped.push({ line, reason: `${header[text as number]} is missing` });
    else table.skipped.push({ line, reason: `${columns[wrong]} is ${lack(cells[chosen[wrong] as number] as string)}` });
  }
  return table;
}

function lack(cell: string): string {
  if (cell === '') return 'missing';
  const { point, comma } = readNumberText(cell);
  return `${Number.isNaN(point) && Number.isNaN(comma) ? 'no number' : 'too large'}: ${JSON.stringify(cell.slice(0, 40))}`;
}

/** @throws FreezeframeError `csv-invalid` where commas within numbers make values of their own: only whole numbers would stay */
function isComplete({ cells, line }: TableRecord, { columns, delimiter }: Table): boolean {
  const more = cells.slice(columns.length);
  if (delimiter === ',' && more.some((cell) => /\p{N}/u.test(cell)))
    throw new FreezeframeError('csv-invalid', expected(`${columns.length} values`, `line ${line}`, cells), {
      remedy: 'Put numbers with a comma in them in quotes ("1,234"), or separate columns by semicolons.',
    });
  return cells.length === columns.length;
}

function checkHeader(names: string[]): string[] {
  const fail = (what: string, received: unknown): never => {
    throw new FreezeframeError('csv-invalid', expected(what, 'the header row', received), {
      remedy: 'The first line must name each column once.',
    });
  };
  if (names.length < 2) fail('at least 2 columns', names);
  if (names.length > MAX_COLUMNS) fail(`at most ${MAX_COLUMNS} columns`, names.length);
  if (names.some((name) => name === '')) fail('a name for every column', names);
  // Bytes of another encoding often become such.
  const control = names.find((name) => /\p{Cc}/u.test(name.replaceAll(/[\t\r\n]/g, ' ')));
  if (control !== undefined) fail('names without control characters', control);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail('different names', twice);
  const isNumber = (name: string) => Object.values(readNumberText(name)).some(Number.isFinite);
  if (names.every(isNumber)) fail('names', names);
  return names;
}

/** A column that spoils every row is text or empty: naming it helps more than a list of all rows. */
function refuseColumnsWithout(notations: readonly ColumnNotation[]): void {
  const none = notations.find(({ observed }) => observed === 0);
  if (!none) return;
  const { name, words } = none;
  const what = words.length > 0 ? `no number, but words: ${quoted(words)}` : 'no value';
  throw new FreezeframeError('dataset-unusable', `Column ${name} holds ${what}`, {
    remedy: 'Leave out columns that are not numbers.',
    details: { column: name, values: words },
  });
}
