import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { didYouMean } from '#system';
import { readNumbers, splitUnit } from '#tables';
import {
  type DatasetKind,
  type DatasetOptions,
  SPLITS,
  type SplitName,
  type TableDataset,
  type TableSplit,
} from '../dataset.ts';
import { rowDigest } from '../learnt.ts';
import { refuseMostGone } from '../left-out.ts';
import { dealOut } from '../split.ts';

/** A table of numbers, one column of which is to be predicted from the others. */
export const csv: DatasetKind = {
  spec: 'FILE.csv',
  summary: 'a table of numbers with a header row; predicts its last column, or --target',
  claims: async (spec) =>
    ['.csv', '.tsv'].includes(extname(spec).toLowerCase()) &&
    ((await stat(spec).catch(() => undefined))?.isFile() ?? false),
  load: (spec, options) => loadCsv(spec, basename(spec, extname(spec)), options),
};

interface Column {
  index: number;
  name: string;
  min: number;
  max: number;
}

/**
 * Rows are dealt out by their content, so equal rows never straddle train and test. Scaling knows the training rows
 * only; a value of another split may therefore lie outside 0..1.
 */
export async function loadCsv(path: string, name: string, options: DatasetOptions): Promise<TableDataset> {
  const { encoding } = options;
  const { columns, units, rows, notes, ...table } = await readNumbers(path, encoding === undefined ? {} : { encoding });
  const skipped = table.skipped.map(({ line, reason }) => ({ file: `line ${line}`, reason }));
  refuseMostGone('table', rows.length, skipped);
  const wanted = targetIndex(columns, options.target);
  const keys = rows.map((row) => createHash('sha256').update(row).digest('hex'));
  const dealt = dealOut(keys, options.seed ?? 1);
  if (dealt.size < 3)
    throw new FreezeframeError('dataset-unusable', expected('at least 3 different rows', 'the table', dealt.size));
  const parts: Record<SplitName, Float64Array[]> = { train: [], validation: [], test: [] };
  rows.forEach((row, index) => {
    parts[dealt.get(keys[index] as string) as SplitName].push(row);
  });
  const scaled = columns.map((column, index) => rangeOf(column, index, parts.train));
  const features = scaled.filter(({ index }) => index !== wanted);
  const target = scaled[wanted] as Column;
  if (parts.train.every((row) => row[wanted] === target.min))
    throw new FreezeframeError('dataset-unusable', expected('different values', `column ${target.name}`, target.min), {
      remedy: 'There is nothing to learn about a constant. Name the column to predict with --target.',
    });
  const label = splitUnit(target.name);
  return {
    kind: 'table',
    name,
    features: features.map(({ name, min, max }) => ({ name, min, max })),
    target: {
      name: label.name,
      unit: options.unit ?? (label.unit || (units[wanted] as string)),
      min: target.min,
      max: target.max,
    },
    splits: {
      train: scale(parts.train, features, target),
      validation: scale(parts.validation, features, target),
      test: scale(parts.test, features, target),
    },
    digest: digestOf(columns, wanted, parts),
    skipped,
    notes,
  };
}

function targetIndex(columns: string[], target: string | undefined): number {
  if (target === undefined) return columns.length - 1;
  const index = columns.findIndex((column) => column === target || splitUnit(column).name === target);
  if (index < 0)
    throw new FreezeframeError(
      'used-wrongly',
      expected(`one of ${columns.join(', ')}`, 'the target', target),
      didYouMean(target, columns),
    );
  return index;
}

/** Differences below it are lost in float32, and dividing by them gives infinity: 2 ** -126. */
const SMALLEST = 1.1754943508222875e-38;

function rangeOf(name: string, index: number, rows: Float64Array[]): Column {
  let [min, max] = [Infinity, -Infinity];
  for (const row of rows) {
    min = Math.min(min, row[index] as number);
    max = Math.max(max, row[index] as number);
  }
  if (!Number.isFinite(Math.fround(max - min)))
    throw new FreezeframeError('dataset-unusable', `The values of column ${name} lie too far apart to be scaled`);
  // A constant column scales to 0, and whoever divides by max - min divides by something. Where the value is so large
  // that 1 more is the same number, its own size is the step.
  return { index, name, min, max: max - min >= SMALLEST ? max : min + Math.max(1, Math.abs(min)) };
}

function scale(rows: Float64Array[], features: Column[], target: Column): TableSplit {
  const at = (row: Float64Array, { index, min, max }: Column) => ((row[index] as number) - min) / (max - min);
  const table = new Float32Array(rows.length * features.length);
  rows.forEach((row, line) => {
    table.set(
      features.map((column) => at(row, column)),
      line * features.length,
    );
  });
  return {
    count: rows.length,
    features: table,
    target: Float32Array.from(rows, (row) => at(row, target)),
    digests: rows.map((row) =>
      rowDigest(
        features.map(({ index }) => row[index] as number),
        row[target.index] as number,
      ),
    ),
  };
}

function digestOf(columns: string[], target: number, parts: Record<SplitName, Float64Array[]>): string {
  const hash = createHash('sha256').update(JSON.stringify([columns, target]));
  for (const split of SPLITS) {
    hash.update(`\n${split}\n`);
    for (const row of parts[split]) hash.update(row);
  }
  return hash.digest('hex');
}
