import { leftOutInWords, leftOutOf } from '#datasets';
import { learningSentence } from '#evaluate';
import { productionText } from '#store';
import { countOf, formatAccuracy, formatBytes, formatShare, formatTable, verifiedAs } from '#terminal';
import type { TransferReport } from './train-transfer.ts';
import { recallOfNew, type Unknown } from './unknown/unknown.ts';

/** Another label is so likely, and its own so unlikely, that the picture may lie in a wrong folder. */
const SUSPECT = { called: 0.9, own: 0.1 };
const MOST_NAMED = 10;

/** Pictures that heads which have not seen them take for another label, most surely first. */
function suspectsOf({ answers }: Pick<TransferReport, 'answers'>) {
  return answers
    .filter(
      ({ label, called, probability, own }) => label !== called && probability >= SUSPECT.called && own < SUSPECT.own,
    )
    .sort((a, b) => b.probability - a.probability);
}

/** Pictures that look like none of the labels, the oddest first. */
function oddOnesOf({ answers, model }: Pick<TransferReport, 'answers' | 'model'>) {
  const threshold = model.unknown?.threshold ?? Number.POSITIVE_INFINITY;
  return answers
    .filter(({ score = Number.NEGATIVE_INFINITY }) => score > threshold)
    .sort((a, b) => (b.score as number) - (a.score as number));
}

/** The result for machines. */
export function transferLine(report: TransferReport) {
  const { stored, production, warnings, quality, test, constant } = report;
  const { tried, folds, model, curve, skipped, copies, duplicates, seconds } = report;
  const { name, version } = stored;
  return {
    name,
    version,
    production,
    metrics: { ...quality, error: 1 - quality.accuracy },
    folds,
    ...(test ? { test } : {}),
    constant,
    warnings,
    backbones: tried,
    ...(model.unknown ? { unknown: unknownFigures(model.unknown) } : {}),
    learningCurve: curve.map(({ right: _, ...point }) => point),
    suspects: suspectsOf(report).map(({ file, label, called, probability }) => ({ file, label, called, probability })),
    copies,
    duplicates,
    skipped: leftOutOf(skipped, MOST_NAMED),
    seconds,
  };
}

function unknownFigures(unknown: Unknown) {
  const { recall, falseAccepts } = unknown;
  return { recall, recallOfNew: recallOfNew(unknown), falseAccepts };
}

/** The result for people. */
export function describeTransfer(report: TransferReport): string {
  const { stored, production, warnings, quality, test, constant } = report;
  const { folds, model, tried, curve, skipped, copies, duplicates, seconds } = report;
  const { unknown, frozen } = model;
  const lines = [
    `Accuracy ${formatAccuracy({ ...quality })}, by ${folds}-fold cross-validation`,
    ...(test ? [`Accuracy ${formatAccuracy({ ...test })}, on the test folder`] : []),
    `  always answering ${constant.answer}: ${formatShare(constant.accuracy)}`,
    ...(unknown
      ? [
          `  none of these: of its own pictures ${formatShare(unknown.recall)} are known, of new ones about ${formatShare(recallOfNew(unknown))}; of ${unknown.background.count} others ${formatShare(unknown.falseAccepts)} are taken for one`,
        ]
      : []),
  ];
  const help = learningSentence(curve.map(({ perLabel, ...point }) => ({ ...point, count: perLabel })));
  if (help) lines.push(`  ${help}`);
  if (tried.length > 1) lines.push(table(tried), ...whyNotTheMostAccurate(tried));
  const { verification } = frozen;
  lines.push(
    `${stored.name}@${stored.version}: ${formatBytes(report.bytes)}, trained and frozen in ${seconds.toFixed(1)} s`,
    `  ${verifiedAs(stored.manifest.metrics)} ${verification.against} on the features of ${countOf(verification.samples, 'pictures')} and ${countOf(verification.pictures, 'whole pictures')}: difference at most ${verification.maxDifference.toExponential(1)}, the same first choice on each`,
    ...report.notes.map((note) => `  ${note}`),
  );
  lines.push(
    ...named(
      'May lie in a wrong folder',
      suspectsOf(report).map(({ file, called, probability }) => `${file} (${called}, ${formatShare(probability)})`),
    ),
  );
  lines.push(
    ...named(
      'Unlike all others',
      oddOnesOf(report)
        .slice(0, 3)
        .map(({ file }) => file),
    ),
  );
  lines.push(
    ...named(
      'Copies, each counted once',
      copies.map((files) => files.join(' = ')),
    ),
  );
  lines.push(
    ...named(
      'Near-duplicates',
      duplicates.map((files) => files.join(' = ')),
    ),
  );
  lines.push(...leftOutInWords(skipped, MOST_NAMED, 'see its report'));
  lines.push(...warnings.map((warning) => `WARNING: ${warning}`));
  const other = productionText(stored, production);
  if (other) lines.push(other);
  return lines.join('\n');
}

function table(tried: TransferReport['tried']): string {
  const rows = tried.map((one) => [
    one.name,
    formatAccuracy({ ...one }) ?? '',
    `${one.seconds.toFixed(1)} s`,
    one.chosen ? 'chosen' : '',
  ]);
  return formatTable(['BACKBONE', 'ACCURACY', '>TIME', ''], rows);
}

/** Why the network with the best figure in the table was not taken. @param tried the cheapest first */
export function whyNotTheMostAccurate(tried: TransferReport['tried']): string[] {
  const taken = tried.findIndex(({ chosen }) => chosen);
  const better = tried.findIndex(({ accuracy }) => accuracy > (tried[taken]?.accuracy ?? 1));
  if (better < 0) return [];
  const reason =
    better < taken
      ? `is the better one on most pictures, and these are too few to say that ${tried[better]?.name} is`
      : `is faster, and these pictures do not show that ${tried[better]?.name} is better`;
  return [`  ${tried[taken]?.name} ${reason}. To take the other: --backbone ${tried[better]?.name}`];
}

function named(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST_NAMED ? `, and ${items.length - MOST_NAMED} more` : '';
  return [`${what}: ${items.slice(0, MOST_NAMED).join(', ')}${more}`];
}
