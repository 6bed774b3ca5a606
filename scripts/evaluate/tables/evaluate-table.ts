import { type Classifier, checkAnswerOptions, type Result, responseResults } from '@freezeframe/inference';
import { type LearntAmong, learntAmong, readLearnt, rowDigest } from '#datasets';
import { checkLabels } from '../check-labels.ts';
import { type ConstantNumber, compareNumbers } from '../constant.ts';
import type { Evaluation } from '../evaluate.ts';
import { type ErrorScores, errorScores, type Scores, score } from '../scores.ts';
import { answerOf, columnsFor } from './table-columns.ts';
import { type TableRows, tableRows } from './table-rows.ts';

interface Common {
  model: { name: string; version: string };
  /** Rows that lack a value: not counted above. */
  skipped: TableRows['skipped'];
  /** How columns and numbers were read, where that is not plain. */
  notes: string[];
  /** From the first row to the last answer. */
  seconds: number;
  rowsPerSecond: number;
}

/** Mean errors are in the unit of the value. */
export type ValueEvaluation = Common &
  ErrorScores & {
    target: { name: string; unit: string };
    constant: ConstantNumber;
    /** The rows that it is furthest off, the worst first. */
    largestErrors: RowValue[];
    /** How many of the rows the model was trained on; absent where its manifest does not tell. */
    trainedOn?: LearntAmong;
  };
export type LabelEvaluation = Common & Scores & { wrong: Evaluation['wrong'] };
export type TableEvaluation = ValueEvaluation | LabelEvaluation;

/** What the model said to a row: in the unit of the value. */
export interface RowValue {
  /** `line 7` */
  file: string;
  actual: number;
  answered: number;
}

/** The same of a model that answers labels. */
export interface RowLabel {
  file: string;
  label: string;
  called: string;
  probability: number;
  own: number;
}

export type RowAnswer = RowValue | RowLabel;

export interface TableEvaluationOptions {
  /** The column that holds the right answers. Default: the one of the value's name, or `label`. */
  target?: string | undefined;
  encoding?: string | undefined;
}

/** Rows of one run, where the model does not say how many it takes. */
const CHUNK = 256;

/**
 * Asks a model about every row of a table and compares.
 * @throws FreezeframeError `task-not-classification`, `table-mismatch`, `labels-unknown`, and what `tableRows` and
 *   `Classifier.infer` throw
 */
export async function evaluateTable(
  classifier: Classifier,
  data: string,
  { target, encoding }: TableEvaluationOptions = {},
  onDone: (done: number, all: number) => void = () => undefined,
  onAnswer: (answer: RowAnswer) => void = () => undefined,
): Promise<TableEvaluation> {
  const { manifest } = classifier;
  const answer = answerOf(manifest, target);
  const choose = (columns: readonly string[]) => columnsFor(manifest, answer, columns, target);
  const { features, answers, names, skipped, notes } = await tableRows(data, answer, choose, encoding);
  if (answer.kind === 'label') checkLabels(manifest.name, answer.labels, answers.map(String));
  const start = performance.now();
  const topK = answer.kind === 'label' ? answer.labels.length : 1;
  const results = await ask(classifier, features, topK, (done) => onDone(done, features.length));
  const seconds = (performance.now() - start) / 1000;
  const model = { name: manifest.name, version: manifest.version };
  const common = { model, skipped, notes, seconds, rowsPerSecond: features.length / seconds };
  if (answer.kind === 'label') {
    const rows = results.map((result, row) => labelOf(names[row] as string, String(answers[row]), result));
    for (const row of rows) onAnswer(row);
    return {
      ...common,
      ...score(
        answer.labels,
        rows.map(({ label, called }) => [label, called] as const),
      ),
      wrong: wrongOf(rows),
    };
  }
  const rows = results.map((result, row): RowValue => {
    const answered = 'values' in result ? (result.values[answer.index]?.value as number) : Number.NaN;
    return { file: names[row] as string, actual: Number(answers[row]), answered };
  });
  for (const row of rows) onAnswer(row);
  const actual = rows.map((row) => row.actual);
  const learnt = readLearnt(manifest.provenance.learnt);
  const digestOf = (row: Float64Array, i: number) => rowDigest(row, actual[i] as number);
  const trainedOn = learnt && learntAmong(learnt, features.map(digestOf));
  const errors = rows.map((row) => row.answered - row.actual);
  return {
    ...common,
    target: { name: answer.name, unit: answer.unit },
    ...errorScores(errors),
    constant: compareNumbers(actual, errors),
    largestErrors: largestOf(rows),
    ...(trainedOn ? { trainedOn } : {}),
  };
}

function labelOf(file: string, label: string, result: Result): RowLabel {
  const predictions = 'predictions' in result ? result.predictions : [];
  const { label: called = '', probability = 0 } = predictions[0] ?? {};
  const own = predictions.find((one) => one.label === label)?.probability ?? 0;
  return { file, label, called, probability, own };
}

function wrongOf(rows: readonly RowLabel[]): Evaluation['wrong'] {
  return rows
    .filter(({ label, called }) => label !== called)
    .sort((a, b) => b.probability - a.probability)
    .map(({ own: _, ...row }) => row);
}

const LARGEST = 10;

function largestOf(rows: readonly RowValue[]): RowValue[] {
  const off = ({ actual, answered }: RowValue) => Math.abs(answered - actual);
  return [...rows].sort((a, b) => off(b) - off(a)).slice(0, LARGEST);
}

async function ask(
  classifier: Classifier,
  features: readonly Float64Array[],
  topK: number,
  onDone: (done: number) => void,
): Promise<Result[]> {
  const { inputs, manifest } = classifier;
  const [input] = inputs;
  if (!input) throw new Error('A graph without inputs was opened');
  const results: Result[] = [];
  const chunk = input.shape[0] ?? CHUNK;
  for (let first = 0; first < features.length; first += chunk) {
    const rows = features.slice(first, first + chunk);
    // A model of a fixed batch takes no fewer rows: the last one is repeated, and those answers are left out.
    const filled = Array.from({ length: input.shape[0] ?? rows.length }, (_, row) => rows[row] ?? rows.at(-1));
    const response = await classifier.infer({
      inputs: [
        {
          name: input.name,
          datatype: input.datatype,
          shape: [filled.length, rows[0]?.length ?? 0],
          data: filled.flatMap((row) => [...(row as Float64Array)]),
        },
      ],
    });
    results.push(...responseResults(manifest, response, checkAnswerOptions({ topK })).slice(0, rows.length));
    onDone(first + rows.length);
  }
  return results;
}
