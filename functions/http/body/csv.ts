import { type Classifier, elementCount, expected, RequestError } from '@freezeframe/inference';
import { nested } from '../tensors/feeds.ts';

/**
 * A number as programs write it; an empty cell is none. Each digit can be matched in one way only: with two, a cell of 100,000
 * digits and a letter took longer than a function may.
 */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** What programs write where there is no number: no name of a column. */
const MISSING = /^([+-]?(nan|inf|infinity)|na|n\/a|null|none|)$/i;

interface Table {
  /** Absent where the first line holds numbers too, as SageMaker has it. */
  readonly columns?: readonly string[];
  readonly data: readonly (readonly number[])[];
}

export function isCsv(type: string): boolean {
  return type === 'text/csv' || type === 'application/csv';
}

/** The lines of a body, each with as many cells as the first. @throws RequestError `request-invalid`. */
export async function readCsv(body: Uint8Array): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync');
  try {
    return parse(Buffer.from(body), { bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw new RequestError(
      'request-invalid',
      'The body is not valid CSV: each line needs as many values as the first',
      { cause },
    );
  }
}

/**
 * Rows of numbers, under a line of names or not. Names are those of the model's features, whatever they look like, and a line
 * without any number. A line that has both is a row with something wrong in it (`1,nan,3`): taken for names, it would be left out.
 * @throws RequestError `request-invalid`.
 */
export function tableOf(lines: readonly (readonly string[])[], features: readonly string[]): Table {
  const [first = [], ...rest] = lines;
  const hasNames = first.every((cell) => !NUMBER.test(cell)) && first.some((cell) => !MISSING.test(cell));
  const isHeader = hasNames || first.every((cell) => features.includes(cell));
  const data = (isHeader ? rest : lines).map((line, row) => line.map((cell, column) => toNumber(cell, row, column)));
  if (data.length === 0) {
    throw new RequestError('request-invalid', expected('at least one row', 'the body', undefined), {
      remedy: 'A first line without a number is taken for names. Separate values by commas.',
    });
  }
  return { data, ...(isHeader ? { columns: first } : {}) };
}

/** Rows without names as the model takes them: a flat one of 784 values may be a picture of 28 x 28. */
export function shapedRows({ inputs: [input] }: Classifier, data: Table['data']): readonly unknown[] {
  const shape = (input?.shape ?? []).slice(1);
  return data.map((row) =>
    shape.every((size) => size !== null) && elementCount(shape as number[]) === row.length
      ? nested(row, shape as number[])
      : row,
  );
}

/** What is answered row by row. */
export interface Predictions {
  readonly predictions: readonly unknown[];
  /** Whether each row shows one of the labels, where the model can tell. */
  readonly known?: readonly boolean[];
}

/**
 * One line for each row; what is known is its last value. A word and not 1 or 0: whoever takes the largest value of a line
 * for the answer is stopped by it, and not misled.
 */
export function writeCsv({ predictions, known }: Predictions): string {
  return predictions.map((row, index) => `${[...flat(row), ...(known ? [known[index]] : [])].join(',')}\n`).join('');
}

function flat(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [value];
}

function toNumber(cell: string, row: number, column: number): number {
  if (NUMBER.test(cell)) return Number(cell);
  throw new RequestError('request-invalid', expected('a number', `value ${column + 1} of row ${row + 1}`, cell), {
    remedy: 'Separate values by commas; leave none empty.',
  });
}
