import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { loadDataset, refuseMostGone, type TableDataset } from '#datasets';
import { rangeOf } from '#frozen';
import { readNumbers } from '#tables';
import type { Answer, TableColumns } from './table-columns.ts';

/** Rows that a model is asked about, with the right answers. */
export interface TableRows {
  /** In the model's order. */
  features: Float64Array[];
  /** A number or a label for each row. */
  answers: (number | string)[];
  /** What each row is called: `line 7`. */
  names: string[];
  skipped: { file: string; reason: string }[];
  notes: string[];
}

/** Data sets that are known by a word and hold a table. */
const KNOWN = ['house-prices'];

/**
 * All rows of a table that have every value, or the test rows of a known data set.
 * @throws FreezeframeError `examples-not-found`, `dataset-unusable`, what `choose` and the reader of tables throw
 */
export async function tableRows(
  data: string,
  answer: Answer,
  choose: (columns: readonly string[]) => TableColumns,
  encoding: string | undefined,
): Promise<TableRows> {
  if (KNOWN.includes(data)) {
    const dataset = await loadDataset(data);
    if (dataset.kind === 'table') return testRows(dataset, choose);
  }
  const isFile = (await stat(data).catch(() => undefined))?.isFile() ?? false;
  if (!isFile || !['.csv', '.tsv'].includes(extname(data).toLowerCase()))
    throw new FreezeframeError('examples-not-found', expected('a .csv or .tsv file', 'a model of numbers', data), {
      remedy: `Name a table with a column for each feature and one for the answer, or ${KNOWN.join(', ')}.`,
    });
  let notes: string[] = [];
  const table = await readNumbers(data, {
    ...(encoding === undefined ? {} : { encoding }),
    choose: (columns) => {
      const { features, answer: index, ...found } = choose(columns);
      notes = found.notes;
      return answer.kind === 'label' ? { numbers: features, text: index } : { numbers: [...features, index] };
    },
  });
  const skipped = table.skipped.map(({ line, reason }) => ({ file: `line ${line}`, reason }));
  refuseMostGone('table', table.rows.length, skipped);
  const width = table.columns.length - (answer.kind === 'label' ? 0 : 1);
  return {
    features: table.rows.map((row) => row.subarray(0, width)),
    answers: answer.kind === 'label' ? table.texts : table.rows.map((row) => row[width] as number),
    names: table.lines.map((line) => `line ${line}`),
    skipped,
    notes: [...notes, ...table.notes],
  };
}

/** The test split in its own units; known data sets are tables of numbers throughout. */
function testRows(
  { features, target, splits }: TableDataset,
  choose: (columns: readonly string[]) => TableColumns,
): TableRows {
  const { count, features: table, target: answers } = splits.test;
  const scales = [...features, target];
  const label = target.unit ? `${target.name} (${target.unit})` : target.name;
  const chosen = choose([...features.map(({ name }) => name), label]);
  const at = (row: number, index: number) => {
    const scaled = index < features.length ? table[row * features.length + index] : answers[row];
    const scale = scales[index] as (typeof scales)[number];
    return (scaled as number) * rangeOf(scale) + scale.min;
  };
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    features: rows.map((row) => Float64Array.from(chosen.features, (index) => at(row, index))),
    answers: rows.map((row) => at(row, chosen.answer)),
    names: rows.map((row) => `test row ${row + 1}`),
    skipped: [],
    notes: chosen.notes,
  };
}
