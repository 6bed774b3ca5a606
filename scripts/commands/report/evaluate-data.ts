import { readFile, stat } from 'node:fs/promises';
import { expected, FreezeframeError, openClassifier } from '@freezeframe/inference';
import {
  contentsDigest,
  type LearntAmong,
  learntAmong,
  readLearnt,
  type SplitName,
  withoutContradictions,
} from '#datasets';
import {
  type Answer,
  datasetExamples,
  type Evaluation,
  type Examples,
  evaluate,
  evaluateTable,
  isKnownDataset,
  labelsOf,
  listExamples,
  type ModelFolder,
  type RowAnswer,
  type TableEvaluation,
  takesTables,
} from '#evaluate';
import { sha256 } from '#functions/models';
import type { ReportInput } from '#report';
import { type Progress, rateSince, startProgress } from '#terminal';
import { pictureReport, tableReport } from './evaluation-report.ts';

interface EvaluatedData {
  report(kind: ReportInput['kind'], model?: string): Promise<ReportInput>;
  /** sha256 (hex) over what was asked about. */
  digest(): Promise<string>;
  /** How much of it the model was trained on; undefined where its manifest does not tell. */
  trainedOn(): Promise<LearntAmong | undefined>;
}

interface EvaluatedPictures extends EvaluatedData {
  readonly kind: 'pictures';
  readonly result: Evaluation;
  /** Some of the pictures, to measure how long one takes. */
  readonly samples: Answer['example'][];
}

interface EvaluatedRows extends EvaluatedData {
  readonly kind: 'rows';
  readonly result: TableEvaluation;
  readonly samples: [];
}

export type Evaluated = EvaluatedPictures | EvaluatedRows;

export interface TableFlags {
  target?: string;
  encoding?: string;
}

const SAMPLES = 5;

/** Measures a model on labelled pictures or on a table, whichever it takes. */
export async function evaluateData(model: ModelFolder, data: string, flags: TableFlags): Promise<Evaluated> {
  return (await isTableFor(model, data)) ? evaluateRows(model, data, flags) : evaluatePictures(model, data, flags);
}

async function isTableFor({ manifest }: ModelFolder, data: string): Promise<boolean> {
  if (!takesTables(manifest) || isKnownDataset(data)) return false;
  return !((await stat(data).catch(() => undefined))?.isDirectory() ?? false);
}

async function evaluateRows(model: ModelFolder, data: string, flags: TableFlags): Promise<EvaluatedRows> {
  let progress: Progress | undefined;
  const onDone = (done: number, all: number) => {
    progress ??= startProgress('Evaluating', all, 'rows');
    progress.update(done);
  };
  const answers: RowAnswer[] = [];
  const onAnswer = (answer: RowAnswer) => void answers.push(answer);
  const classifier = await openClassifier(model.folder);
  const result = await evaluateTable(classifier, data, flags, onDone, onAnswer).finally(() => {
    progress?.stop();
    return classifier.close();
  });
  return {
    kind: 'rows',
    result,
    samples: [],
    digest: () => tableDigest(data, answers),
    trainedOn: async () => ('trainedOn' in result ? result.trainedOn : undefined),
    report: async (kind, called) =>
      tableReport(result, answers, {
        data,
        digest: await tableDigest(data, answers),
        kind,
        model: called,
        manifest: model.manifest,
      }),
  };
}

async function evaluatePictures(model: ModelFolder, data: string, flags: TableFlags): Promise<EvaluatedPictures> {
  if (flags.target !== undefined)
    throw new FreezeframeError('used-wrongly', expected('a model of numbers', '--target', 'a model of pictures'));
  const labels = labelsOf(model.manifest);
  const { examples, unreadable, split }: Examples = isKnownDataset(data)
    ? { examples: await datasetExamples(data, labels), unreadable: [] }
    : await listExamples(data, flags);
  const progress = startProgress('Evaluating', examples.length, 'pictures');
  const began = performance.now();
  const onDone = (done: number) => progress.update(done, rateSince(began, done));
  const answers: Answer[] = [];
  const onAnswer = (answer: Answer) => void answers.push(answer);
  const answered = await evaluate(model, examples, onDone, onAnswer).finally(() => progress.stop());
  const result = {
    ...answered,
    unreadable: [...unreadable, ...answered.unreadable],
    ...(split ? { split } : {}),
  };
  const samples = answers.slice(0, SAMPLES).map(({ example }) => example);
  return {
    kind: 'pictures',
    result,
    samples,
    digest: async () => pictureDigest(answers),
    trainedOn: async () => trainedOn(model.manifest, answers),
    report: async (kind, called) =>
      pictureReport(result, answers, {
        data,
        digest: pictureDigest(answers),
        kind,
        model: called,
        manifest: model.manifest,
      }),
  };
}

/** As a data set's: over each picture's contents and label. */
function pictureDigest(answers: readonly Answer[]): string {
  return contentsDigest(labelled(answers, 'test'));
}

function labelled(answers: readonly Answer[], split: SplitName) {
  return answers.map(({ example: { label }, digest }) => ({ split, label, digest }));
}

function trainedOn({ metrics, provenance }: ModelFolder['manifest'], answers: readonly Answer[]) {
  const learnt = readLearnt(provenance.learnt);
  if (learnt)
    return learntAmong(
      learnt,
      answers.map((answer) => answer.digest),
    );
  // Older heads hold one digest over their pictures, each once.
  const count = (metrics.data as { count?: unknown } | undefined)?.count;
  const digest = (provenance.dataset as { digest?: unknown } | undefined)?.digest;
  if (typeof digest !== 'string' || typeof count !== 'number' || answers.length < count) return undefined;
  // As in training: bytes under two labels are left out, others count once.
  const all = labelled(answers, 'train').map((picture) => ({ ...picture, file: '' }));
  const pictures = new Map(withoutContradictions(all, []).map((picture) => [picture.digest, picture]));
  return contentsDigest([...pictures.values()]) === digest ? { count: answers.length, estimated: false } : undefined;
}

/** Of the file, or of the answers to a data set that is in none. */
async function tableDigest(data: string, answers: readonly RowAnswer[]): Promise<string> {
  return sha256(
    await readFile(data).catch(() => JSON.stringify(answers.map((row) => ('actual' in row ? row.actual : row.label)))),
  );
}
