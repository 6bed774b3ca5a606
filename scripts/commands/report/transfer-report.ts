import type { CostMeters, Performance } from '#evaluate';
import { type LabelReport, provenanceRows } from '#report';
import { countOf, formatAccuracy } from '#terminal';
import type { TransferReport } from '#transfer';
import { commandLine } from './command-line.ts';
import { performanceOf } from './performance.ts';

/** A training as a report shows it. */
export function transferReport(report: TransferReport): LabelReport {
  const { stored, labels, answers, folds, quality, constant, model, curve, skipped, copies, duplicates, tried } =
    report;
  const { unknown } = model;
  const threshold = unknown?.threshold ?? Number.POSITIVE_INFINITY;
  return {
    kind: 'train',
    model: `${stored.name}@${stored.version}`,
    labels,
    how: `by ${folds}-fold cross-validation over ${countOf(quality.count, 'pictures')}`,
    pictures: answers.map((one) => (one.score === undefined ? one : { ...one, known: one.score <= threshold })),
    baseline: { label: constant.answer, accuracy: constant.accuracy },
    skipped,
    duplicates: [...copies, ...duplicates],
    learningCurve: curve.map(({ perLabel, right: _, ...accuracy }) => ({ ...accuracy, count: perLabel })),
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
      ['Command', commandLine()],
      ...tried.map(({ name, chosen, ...quality }): [string, string] => [
        `Backbone ${name}`,
        `${formatAccuracy(quality)}${chosen ? ', chosen' : ''}`,
      ]),
      ...provenanceRows(stored.manifest.provenance),
    ],
  };
}

const SAMPLES = 5;

/** Beside the backbone alone: nothing else was there before. */
export function transferPerformance(
  { stored, backbone, answers }: TransferReport,
  meters: CostMeters,
): Promise<Performance> {
  const what = `the network ${backbone.name} alone, without what was learnt on top of it`;
  return performanceOf(
    stored,
    { bytes: backbone.model.length, what, job: { graph: backbone.model } },
    answers.slice(0, SAMPLES).map(({ path }) => ({ path })),
    meters,
  );
}
