import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Classifier, expected, FreezeframeError } from '@freezeframe/inference';
import { contentsDigest } from '#datasets';
import {
  type Answer,
  datasetExamples,
  type Evaluation,
  evaluate,
  evaluateTable,
  isKnownDataset,
  labelsOf,
  listExamples,
  type RowAnswer,
  type TableEvaluation,
  takesTables,
} from '#evaluate';
import type { ReportInput } from '#report';
import { type Progress, startProgress } from '#terminal';
import { pictureReport, tableReport } from './evaluation-report.ts';

interface EvaluatedPictures {
  readonly kind: 'pictures';
  readonly result: Evaluation;
  /** Some of the pictures, to measure how long one takes. */
  readonly samples: Answer['example'][];
  report(kind: ReportInput['kind'], model?: string): Promise<ReportInput>;
  /** sha256 (hex) over what was asked about. */
  digest(): Promise<string>;
}

interface EvaluatedRows {
  readonly kind: 'rows';
  readonly result: TableEvaluation;
  readonly samples: [];
  report(kind: ReportInput['kind'], model?: string): Promise<ReportInput>;
  /** sha256 (hex) over what was asked about. */
  digest(): Promise<string>;
}

export type Evaluated = EvaluatedPictures | EvaluatedRows;

export interface TableFlags {
  target?: string;
  encoding?: string;
}

const SAMPLES = 5;

/** Measures a model on labelled pictures or on a table, whichever it takes. */
export async function evaluateData(classifier: Classifier, data: string, flags: TableFlags): Promise<Evaluated> {
  return (await isTableFor(classifier, data))
    ? evaluateRows(classifier, data, flags)
    : evaluatePictures(classifier, data, flags);
}

async function isTableFor(classifier: Classifier, data: string): Promise<boolean> {
  if (!takesTables(classifier) || isKnownDataset(data)) return false;
  return !((await stat(data).catch(() => undefined))?.isDirectory() ?? false);
}

async function evaluateRows(classifier: Classifier, data: string, flags: TableFlags): Promise<EvaluatedRows> {
  let progress: Progress | undefined;
  const onDone = (done: number, all: number) => {
    progress ??= startProgress('Evaluating', all, 'rows');
    progress.update(done);
  };
  const answers: RowAnswer[] = [];
  const onAnswer = (answer: RowAnswer) => void answers.push(answer);
  const result = await evaluateTable(classifier, data, flags, onDone, onAnswer).finally(() => progress?.stop());
  return {
    kind: 'rows',
    result,
    samples: [],
    digest: () => tableDigest(data, answers),
    report: async (kind, model) =>
      tableReport(result, answers, {
        data,
        digest: await tableDigest(data, answers),
        kind,
        model,
        manifest: classifier.manifest,
      }),
  };
}

async function evaluatePictures(classifier: Classifier, data: string, flags: TableFlags): Promise<EvaluatedPictures> {
  if (flags.target !== undefined)
    throw new FreezeframeError('used-wrongly', expected('a model of numbers', '--target', 'a model of pictures'));
  const labels = labelsOf(classifier);
  const examples = isKnownDataset(data) ? await datasetExamples(data, labels) : await listExamples(data, flags);
  const progress = startProgress('Evaluating', examples.length, 'pictures');
  const answers: Answer[] = [];
  const onAnswer = (answer: Answer) => void answers.push(answer);
  const result = await evaluate(classifier, examples, progress.update, onAnswer).finally(() => progress.stop());
  const samples = answers.slice(0, SAMPLES).map(({ example }) => example);
  return {
    kind: 'pictures',
    result,
    samples,
    digest: () => pictureDigest(answers),
    report: async (kind, model) =>
      pictureReport(result, answers, {
        data,
        digest: await pictureDigest(answers),
        kind,
        model,
        manifest: classifier.manifest,
      }),
  };
}

/** As a data set's: over each picture's contents and label. */
async function pictureDigest(answers: readonly Answer[]): Promise<string> {
  const pictures: { split: string; label: string; digest: string }[] = [];
  for (const { example } of answers) {
    const bytes = await (example.read ? example.read() : readFile(example.file));
    pictures.push({ split: 'test', label: example.label, digest: sha256(bytes) });
  }
  return contentsDigest(pictures);
}

/** Of the file, or of the answers to a data set that is in none. */
async function tableDigest(data: string, answers: readonly RowAnswer[]): Promise<string> {
  return sha256(
    await readFile(data).catch(() => JSON.stringify(answers.map((row) => ('actual' in row ? row.actual : row.label)))),
  );
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
