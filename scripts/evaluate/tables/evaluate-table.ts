import { type Classifier, checkAnswerOptions, type Result, responseResults } from '@freezeframe/inference';
import { checkLabels } from '../check-labels.ts';
import { type ConstantNumber, compareNumbers } from '../constant.ts';
import { type ErrorScores, errorScores, type Scores, score } from '../scores.ts';
import { type Answer, answerOf, columnsFor } from './table-columns.ts';
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
type ValueEvaluation = Common & ErrorScores & { target: { name: string; unit: string }; constant: ConstantNumber };
type LabelEvaluation = Common & Scores;
export type TableEvaluation = ValueEvaluation | LabelEvaluation;

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
): Promise<TableEvaluation> {
  const { manifest } = classifier;
  const answer = answerOf(manifest, target);
  const choose = (columns: readonly string[]) => columnsFor(manifest, answer, columns, target);
  const { features, answers, skipped, notes } = await tableRows(data, answer, choose, encoding);
  if (answer.kind === 'label') checkLabels(manifest.name, answer.labels, answers.map(String));
  const start = performance.now();
  const results = await ask(classifier, features, (done) => onDone(done, features.length));
  const seconds = (performance.now() - start) / 1000;
  return {
    model: { name: manifest.name, version: manifest.version },
    ...compare(answer, answers, results),
    skipped,
    notes,
    seconds,
    rowsPerSecond: features.length / seconds,
  };
}

function compare(answer: Answer, answers: TableRows['answers'], results: readonly Result[]) {
  if (answer.kind === 'label') {
    const called = results.map((result) => ('predictions' in result ? (result.predictions[0]?.label ?? '') : ''));
    return score(
      answer.labels,
      answers.map((actual, row) => [String(actual), called[row] as string] as const),
    );
  }
  const values = results.map((result) => ('values' in result ? result.values[answer.index]?.value : undefined));
  const actual = answers.map(Number);
  const errors = actual.map((value, row) => (values[row] as number) - value);
  const target = { name: answer.name, unit: answer.unit };
  return { target, ...errorScores(errors), constant: compareNumbers(actual, errors) };
}

async function ask(
  classifier: Classifier,
  features: readonly Float64Array[],
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
    results.push(...responseResults(manifest, response, checkAnswerOptions({ topK: 1 })).slice(0, rows.length));
    onDone(first + rows.length);
  }
  return results;
}
