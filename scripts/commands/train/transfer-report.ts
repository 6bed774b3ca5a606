import { join } from 'node:path';
import { provenanceRows, type ReportInput } from '#report';
import { formatAccuracy, formatBytes } from '#terminal';
import type { TransferReport } from '#transfer';

/** Where the page of a training lies: beside the models, which never change, and not among them. */
export function reportFile(storeRoot: string, { stored }: Pick<TransferReport, 'stored'>): string {
  return join(storeRoot, 'reports', `${stored.name}-${stored.version}.html`);
}

/** A training as a report shows it. */
export function transferReport(report: TransferReport): ReportInput {
  const { stored, labels, answers, folds, quality, constant, model, curve, skipped, duplicates, tried } = report;
  const { unknown, frozen } = model;
  const threshold = unknown?.threshold ?? Number.POSITIVE_INFINITY;
  return {
    kind: 'train',
    model: `${stored.name}@${stored.version}`,
    labels,
    how: `by ${folds}-fold cross-validation over ${quality.count} pictures`,
    pictures: answers.map((one) => (one.score === undefined ? one : { ...one, known: one.score <= threshold })),
    baseline: { label: constant.answer, accuracy: constant.accuracy },
    skipped,
    duplicates,
    learningCurve: curve.map(({ perLabel, accuracy, accuracyLow, accuracyHigh }) => ({
      count: perLabel,
      accuracy,
      low: accuracyLow,
      high: accuracyHigh,
    })),
    ...(unknown
      ? {
          unknown: {
            threshold,
            recall: unknown.recall,
            falseAccepts: unknown.falseAccepts,
            scores: [...unknown.scores],
            backgroundScores: [...unknown.backgroundScores],
          },
        }
      : {}),
    provenance: [
      ['Size', formatBytes(frozen.onnx.length)],
      ...tried.map(({ name, chosen, ...quality }): [string, string] => [
        `Backbone ${name}`,
        `${formatAccuracy(quality)}${chosen ? ', chosen' : ''}`,
      ]),
      ...provenanceRows(stored.manifest.provenance),
    ],
  };
}
