import { openClassifier } from '@freezeframe/inference';
import { Command } from 'commander';
import { datasetExamples, type Evaluation, evaluate, isKnownDataset, labelsOf, listExamples } from '#evaluate';
import { openStore } from '#store';
import { formatShare, formatTable, reportResult, startProgress } from '#terminal';

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a model on labelled pictures')
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .argument(
      '<data>',
      'a folder with one subfolder per class, a CSV with the columns file and label, or mnist or gnomes',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe evaluate gnomes photos/
  $ freezeframe evaluate gnomes@latest labels.csv --json | jq .accuracy
  $ freezeframe evaluate digits mnist                           its 10,000 test pictures

Files that are no pictures are counted and named; they do not lower the accuracy.`,
    )
    .action(async (reference: string, data: string, { json }: { json?: true }) => {
      const { folder } = await openStore().resolve(reference);
      const known = isKnownDataset(data);
      const listed = known ? [] : await listExamples(data);
      const classifier = await openClassifier(folder);
      const examples = known ? await datasetExamples(data, labelsOf(classifier)) : listed;
      const progress = startProgress('Evaluating', examples.length, 'pictures');
      const result = await evaluate(classifier, examples, progress.update).finally(async () => {
        progress.stop();
        await classifier.close();
      });
      reportResult(result, json === true, () => evaluationText(result));
    });
}

/** Beyond this many labels a matrix is wider than a terminal; the worst mistakes are told instead. */
const MATRIX_LABELS = 12;

function evaluationText(result: Evaluation): string {
  const { model, count, unreadable, seconds, picturesPerSecond, milliseconds } = result;
  const top5 = result.top5Accuracy === undefined ? '' : `, among the first five ${share(result.top5Accuracy)}`;
  // Of a thousand classes a small set shows some: the others' lines would be empty.
  const shown = result.classes.filter(({ support, precision }) => support > 0 || precision !== null);
  const parts = [
    `${model.name}@${model.version}: accuracy ${share(result.accuracy)} (error ${errorShare(result.accuracy)})${top5}, macro F1 ${share(result.macroF1)} on ${count} pictures`,
    formatTable(
      ['LABEL', '>PICTURES', '>PRECISION', '>RECALL', '>F1'],
      shown.map(({ label, support, precision, recall, f1 }) => [
        label,
        String(support),
        share(precision),
        share(recall),
        share(f1),
      ]),
    ),
    result.classes.length <= MATRIX_LABELS ? matrixText(result) : mistakesText(result),
    `${picturesPerSecond.toFixed(1)} pictures/s (${seconds.toFixed(1)} s; each ${milliseconds.decode.toFixed(2)} ms to decode, ${milliseconds.run.toFixed(2)} ms to run)`,
  ];
  if (unreadable.length > 0) {
    const shown = unreadable.slice(0, 10).map(({ file, reason }) => `  ${file}: ${reason}`);
    const more = unreadable.length > 10 ? [`  and ${unreadable.length - 10} more (all with --json)`] : [];
    parts.push([`${unreadable.length} files could not be read as pictures:`, ...shown, ...more].join('\n'));
  }
  return parts.join('\n\n');
}

function matrixText({ classes, confusion }: Evaluation): string {
  const header = ['IS \\ CALLED', ...classes.map(({ label }) => `>${label}`)];
  return formatTable(
    header,
    classes.map(({ label }, row) => [label, ...(confusion[row] ?? []).map(String)]),
  );
}

function mistakesText({ classes, confusion }: Evaluation): string {
  const mistakes = confusion.flatMap((row, is) =>
    row.flatMap((times, called) => (is !== called && times > 0 ? [{ is, called, times }] : [])),
  );
  if (mistakes.length === 0) return 'No mistakes.';
  const label = (index: number) => classes[index]?.label ?? '';
  const worst = mistakes.sort((a, b) => b.times - a.times).slice(0, 10);
  return formatTable(
    ['IS', 'CALLED', '>TIMES'],
    worst.map(({ is, called, times }) => [label(is), label(called), String(times)]),
  );
}

/** Two decimals: of 10,000 pictures each one shows. */
function errorShare(accuracy: number | null): string {
  return accuracy === null ? '-' : `${((1 - accuracy) * 100).toFixed(2)} %`;
}

function share(value: number | null): string {
  return value === null ? '-' : formatShare(value);
}
