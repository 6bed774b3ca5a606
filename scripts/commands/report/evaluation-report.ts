import { sep } from 'node:path';
import type { Manifest } from '@freezeframe/inference';
import type {
  Answer,
  Evaluation,
  LabelEvaluation,
  RowAnswer,
  RowLabel,
  RowValue,
  TableEvaluation,
  ValueEvaluation,
} from '#evaluate';
import { type LabelReport, provenanceRows, type ReportInput } from '#report';

/** What was asked for, and what the page is for. */
export interface Asked {
  /** As it was typed. */
  readonly data: string;
  /** sha256 (hex) over what was asked about. */
  readonly digest: string;
  readonly kind: ReportInput['kind'];
  readonly manifest: Manifest;
  /** NAME@VERSION, where the manifest's own will be another. */
  readonly model?: string | undefined;
}

/** An evaluation on pictures as a report shows it. */
export function pictureReport(
  { model, constant, classes, unreadable }: Evaluation,
  answers: readonly Answer[],
  asked: Asked,
): LabelReport {
  const within = belowCommonFolder([
    ...answers.map(({ example }) => example.file),
    ...unreadable.map(({ file }) => file),
  ]);
  return {
    ...commonOf(model, asked),
    labels: classes.map(({ label }) => label),
    pictures: answers.map(({ example: { file, label, read }, ...answer }) => ({
      ...answer,
      ...(read ? { read } : { path: file }),
      file: within(file),
      label,
    })),
    baseline: { label: constant?.answer ?? '', accuracy: constant?.accuracy ?? 0 },
    skipped: unreadable.map(({ file, reason }) => ({ file: within(file), reason })),
    ...unknownOf(asked.manifest),
  };
}

/** An evaluation on a table as a report shows it. */
export function tableReport(result: TableEvaluation, answers: readonly RowAnswer[], asked: Asked): ReportInput {
  return 'target' in result
    ? valueReport(result, answers as RowValue[], asked)
    : labelReport(result, answers as RowLabel[], asked);
}

function valueReport(
  { model, target, constant, skipped }: ValueEvaluation,
  rows: readonly RowValue[],
  asked: Asked,
): ReportInput {
  return { ...commonOf(model, asked), target, rows, constant, skipped };
}

function labelReport(
  { model, classes, constant, skipped }: LabelEvaluation,
  rows: readonly RowLabel[],
  asked: Asked,
): ReportInput {
  return {
    ...commonOf(model, asked),
    labels: classes.map(({ label }) => label),
    counted: 'rows',
    pictures: rows,
    baseline: { label: constant?.answer ?? '', accuracy: constant?.accuracy ?? 0 },
    skipped,
  };
}

function commonOf({ name, version }: Evaluation['model'], { data, digest, kind, manifest, model }: Asked) {
  return {
    kind,
    model: model ?? `${name}@${version}`,
    how: `on ${data}`,
    provenance: [
      ['Evaluated on', data] as const,
      ['Its digest', digest] as const,
      ...provenanceRows(manifest.provenance),
    ],
  };
}

/** What was measured when the model was trained: here only pictures of its labels are asked about. */
function unknownOf({ output }: Manifest): Pick<LabelReport, 'unknown'> {
  if (output.kind !== 'classification' || output.unknown === undefined) return {};
  const { threshold, recall, falseAccepts } = output.unknown;
  return { unknown: { threshold, recall, falseAccepts, scores: [], backgroundScores: [] } };
}

/** Names without the folders that all of them are in: those say nothing below a picture. */
function belowCommonFolder(files: readonly string[]): (file: string) => string {
  let common = files[0] === undefined ? [] : files[0].split(sep).slice(0, -1);
  for (const file of files) {
    const parts = file.split(sep);
    const differs = common.findIndex((part, index) => part !== parts[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  const length = common.length === 0 ? 0 : common.join(sep).length + 1;
  return (file) => file.slice(length);
}
