import { stat } from 'node:fs/promises';
import { expected, FreezeframeError, type Manifest } from '@freezeframe/inference';
import type { Answer, Evaluation } from '#evaluate';
import type { ReportInput } from '#report';

/** An evaluation as a report shows it. @param data what was asked for, as it was typed */
export function evaluationReport(
  { model, count, constant, classes, unreadable }: Evaluation,
  answers: readonly Answer[],
  data: string,
  { provenance }: Manifest,
): ReportInput {
  const labels = classes.map(({ label }) => label);
  return {
    kind: 'evaluate',
    model: `${model.name}@${model.version}`,
    labels,
    how: `on ${count} pictures of ${data}`,
    pictures: answers.map(({ example: { file, label, read }, ...answer }) => ({
      ...answer,
      ...(read ? { read } : { path: file }),
      file,
      label,
    })),
    baseline: { label: constant?.answer ?? '', accuracy: constant?.accuracy ?? 0 },
    skipped: unreadable,
    duplicates: [],
    provenance: [
      ['Evaluated on', data],
      ...Object.entries(provenance).map(
        ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
      ),
    ],
  };
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
