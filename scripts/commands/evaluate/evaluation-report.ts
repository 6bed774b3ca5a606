import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { expected, FreezeframeError, type Manifest } from '@freezeframe/inference';
import type { Answer, Evaluation } from '#evaluate';
import { provenanceRows, type ReportInput } from '#report';

/** An evaluation as a report shows it. @param data what was asked for, as it was typed */
export function evaluationReport(
  { model, count, constant, classes, unreadable }: Evaluation,
  answers: readonly Answer[],
  data: string,
  { provenance }: Manifest,
): ReportInput {
  const labels = classes.map(({ label }) => label);
  const within = belowCommonFolder([
    ...answers.map(({ example }) => example.file),
    ...unreadable.map(({ file }) => file),
  ]);
  return {
    kind: 'evaluate',
    model: `${model.name}@${model.version}`,
    labels,
    how: `on ${count} pictures of ${data}`,
    pictures: answers.map(({ example: { file, label, read }, ...answer }) => ({
      ...answer,
      ...(read ? { read } : { path: file }),
      file: within(file),
      label,
    })),
    baseline: { label: constant?.answer ?? '', accuracy: constant?.accuracy ?? 0 },
    skipped: unreadable.map(({ file, reason }) => ({ file: within(file), reason })),
    provenance: [['Evaluated on', data], ...provenanceRows(provenance)],
  };
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

/** Before the work, not after it. @throws FreezeframeError `used-wrongly` for a folder */
export async function checkReportFile(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw new FreezeframeError('used-wrongly', expected('a file', '--report', file), {
      remedy: 'Name a file to write, such as report.html.',
    });
}
