import { Command } from 'commander';
import type { ComparisonInput } from '#report';
import { openStore } from '#store';
import { countOf, formatBytes, formatShare, formatTable, type Progress, reportResult, startProgress } from '#terminal';
import { commandLine } from '../report/command-line.ts';
import { checkReportFile } from '../report/report-file.ts';
import { type Agreement, type Called, type Comparison, compareAnswers, compareVersions } from './compare.ts';
import { takesStore } from './store-option.ts';

/** Of what differs, so many are shown to people; `--json` has them all. */
const SHOWN = 20;

interface Flags {
  readonly on?: string;
  readonly report?: string;
  readonly json?: true;
}

export function diffCommand(): Command {
  return takesStore(new Command('diff'))
    .description('compare two versions: labels, size, metrics, and what they say about a folder of pictures')
    .argument('<a>', 'NAME, NAME@3, NAME@latest or NAME@TAG')
    .argument('<b>', 'the other one; another version of the same name may be written as @latest or @3')
    .option('--on <folder>', 'ask both about every picture in this folder')
    .option('--report <file>', 'write an HTML page with the pictures that they call differently')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe models diff gnomes@1 gnomes@latest
  $ freezeframe models diff gnomes @staging --on photos/
  $ freezeframe models diff gnomes @staging --on photos/ --report diff.html
  $ freezeframe models diff gnomes @staging --on photos/ --json | jq -r '.answers.differ[].file'`,
    )
    .action(async (first: string, second: string, { on, report, json }: Flags) => {
      if (report !== undefined) await checkReportFile(report);
      const store = openStore();
      const other = second.startsWith('@') ? `${first.split('@')[0]}${second}` : second;
      const [a, b] = [await store.find(first), await store.find(other)];
      const comparison = compareVersions(a, b);
      const answers = on === undefined ? undefined : await ask(store, comparison, on);
      if (report !== undefined) await writePage(comparison, answers, report);
      const result = { ...comparison, ...(answers ? { answers } : {}), ...(report === undefined ? {} : { report }) };
      reportResult(result, json === true, () =>
        [diffText(comparison, answers), ...(report === undefined ? [] : [`The page: ${report}`])].join('\n'),
      );
    });
}

async function ask(store: ReturnType<typeof openStore>, { a, b }: Comparison, folder: string): Promise<Agreement> {
  const versions = [
    await store.resolve(`${a.name}@${a.version}`),
    await store.resolve(`${b.name}@${b.version}`),
  ] as const;
  let progress: Progress | undefined;
  const onDone = (done: number, all: number) => {
    progress ??= startProgress('Comparing', all, 'pictures');
    progress.update(done);
  };
  return compareAnswers([versions[0], versions[1]], folder, onDone).finally(() => progress?.stop());
}

function diffText(comparison: Comparison, answers: Agreement | undefined): string {
  const { a, b, identical, inputs, labels } = comparison;
  const [nameA, nameB] = [`${a.name}@${a.version}`, `${b.name}@${b.version}`];
  if (identical) return `${nameA} and ${nameB} are the same content (digest ${a.digest.slice(0, 12)})`;
  const rows = [['', nameA, nameB], ...figureRows(comparison)];
  return [
    formatTable(rows[0] as string[], rows.slice(1)),
    labelsText(labels, nameA, nameB),
    inputs ? 'Both take the same input' : 'They take different inputs: see freezeframe models show',
    ...(answers ? [answersText(answers, nameA, nameB)] : []),
  ].join('\n');
}

/** What each is, and the metrics that differ. */
function figureRows({ a, b, metrics }: Comparison): [string, string, string][] {
  // As they are shown: what differs in its last bits alone would stand there twice.
  const changed = metrics.filter((one) => numberText(one.a) !== numberText(one.b));
  return [
    ['size', formatBytes(a.bytes), formatBytes(b.bytes)],
    ['precision', a.precision, b.precision],
    ['task', a.task, b.task],
    ...changed.map((one): [string, string, string] => [one.name, numberText(one.a), numberText(one.b)]),
  ];
}

async function writePage(comparison: Comparison, answers: Agreement | undefined, file: string): Promise<void> {
  const { a, b, labels } = comparison;
  const { writeComparisonPage } = await import('#report');
  const only = (names: readonly string[]) => (names.length === 0 ? '-' : names.join(', '));
  const input: ComparisonInput = {
    a: `${a.name}@${a.version}`,
    b: `${b.name}@${b.version}`,
    figures: [
      ...figureRows(comparison),
      ...(labels.same || labels.order ? [] : [['labels of its own', only(labels.onlyA), only(labels.onlyB)] as const]),
      ['content', a.digest.slice(0, 12), b.digest.slice(0, 12)],
    ],
    ...(answers
      ? {
          answers: {
            answered: answers.pictures - answers.unreadable.length,
            differ: answers.differ.map((one) => ({ ...one, path: one.file })),
            unreadable: answers.unreadable,
          },
        }
      : {}),
    provenance: [['Command', commandLine()]],
  };
  await writeComparisonPage(input, file);
}

function labelsText({ same, order, onlyA, onlyB }: Comparison['labels'], a: string, b: string): string {
  if (same) return 'Both have the same labels';
  if (order) return 'Both have the same labels, in another order';
  const only = (name: string, labels: readonly string[]) =>
    labels.length === 0
      ? []
      : [`Only ${name} has ${labels.slice(0, SHOWN).join(', ')}${labels.length > SHOWN ? ', …' : ''}`];
  return [...only(a, onlyA), ...only(b, onlyB)].join('\n');
}

function answersText({ pictures, agree, share, differ, unreadable }: Agreement, a: string, b: string): string {
  const answered = pictures - unreadable.length;
  const shown = differ.slice(0, SHOWN).map((one) => [one.file, calledText(one.a), calledText(one.b)]);
  return [
    share === null
      ? 'No picture could be read'
      : `They agree on ${agree} of ${countOf(answered, 'pictures')} (${formatShare(share)})`,
    ...(shown.length > 0 ? [formatTable(['PICTURE', a, b], shown)] : []),
    ...(differ.length > SHOWN ? [`and ${differ.length - SHOWN} more (all with --json)`] : []),
    ...unreadable.slice(0, SHOWN).map(({ file, reason }) => `${file} could not be read: ${reason}`),
  ].join('\n');
}

function calledText({ label, probability, known }: Called): string {
  return known === false ? 'none of its labels' : `${label} ${formatShare(probability)}`;
}

function numberText(value: number | null): string {
  return value === null ? '-' : String(Number(value.toPrecision(4)));
}
