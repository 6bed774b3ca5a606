import { Command, InvalidArgumentError, Option } from 'commander';
import { datasetHelp, type FoundPictures } from '#datasets';
import { endProcess } from '#system';
import { reportResult, say, wholeAboveZero, wholeNumber } from '#terminal';
import {
  ARCHITECTURES,
  BACKEND_NAMES,
  checkResumable,
  describeTraining,
  openBackend,
  trainDataset,
  trainingProgress,
} from '#train';
import { type NumbersFlags, numbersOf, takesNumbers } from './models/numbers-options.ts';
import { takesStore } from './models/store-option.ts';
import { nextSteps } from './report/next-steps.ts';
import { pageLine } from './report/report-file.ts';
import { type Comparison, worthComparing } from './train/from-scratch.ts';
import { trainWithBackbone, wantsBackbone } from './train/with-backbone.ts';
import { writeTrainedReport } from './train/write-trained-report.ts';

interface TrainFlags extends NumbersFlags {
  name: string;
  epochs?: number;
  batchSize?: number;
  architecture?: string;
  backend: string;
  seed: number;
  learningRate?: number;
  patience?: number;
  size?: number;
  channels?: '1' | '3';
  target?: string;
  unit?: string;
  encoding?: string;
  backbone?: string;
  unknown: boolean;
  background?: string;
  augment: boolean;
  flip: boolean;
  resume?: true;
  json?: true;
}

export function trainCommand(): Command {
  return takesStore(takesNumbers(new Command('train')))
    .description('Train a model on pictures or a table, freeze it, and keep it in the store.')
    .argument('<data>', 'gnomes, mnist, house-prices, FILE.csv or a folder of class folders')
    .requiredOption('--name <name>', 'what to call the model')
    .option('--epochs <number>', 'how often to go through the training data', wholeAboveZero)
    .option('--batch-size <number>', 'samples of one step', wholeAboveZero)
    .addOption(
      new Option('--architecture <name>', 'what to train; chosen by the data if left out').choices(
        ARCHITECTURES.map(({ name }) => name),
      ),
    )
    .option(
      '--backbone <name>',
      'pretrained network for a folder of pictures: auto, mobilenet-edgetpu, efficientnet-lite2, or a model of the store (NAME:LAYER)',
    )
    .option('--no-unknown', 'never answer that a picture shows none of the labels')
    .option('--background <folder>', 'pictures of none of the labels, beside those that are known already')
    .addOption(new Option('--backend <name>', 'what to train with').choices([...BACKEND_NAMES]).default('auto'))
    .option('--seed <number>', 'first weights, order, dropout and variations', wholeNumber, 1)
    .option('--learning-rate <number>', 'the highest; it falls to almost nothing over all epochs', positive)
    .option('--patience <number>', 'epochs without a better validation result before it ends', wholeAboveZero)
    .option('--size <pixels>', 'side of the square pictures', wholeAboveZero)
    .addOption(new Option('--channels <number>', '3 for colour, 1 for grey').choices(['1', '3']))
    .option('--target <column>', 'column of a table to predict; the last if left out')
    .option('--unit <unit>', 'unit of that column')
    .option('--encoding <name>', 'of a table: windows-1252, ...; UTF-8 if left out')
    .option('--no-augment', 'train on the pictures as they are')
    .option('--no-flip', 'never mirror a picture (writing, left and right hands)')
    .option(
      '--resume',
      'go on where the last training from scratch of this name was stopped; a head on a pretrained network does so by itself',
    )
    .option('--json', 'end with one JSON line')
    .addHelpText(
      'after',
      `
Data sets:
${datasetHelp()}

Architectures:
${ARCHITECTURES.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join('\n')}

Examples:
  $ freezeframe train photos/ --name pets
  $ freezeframe train gnomes --name gnomes
  $ freezeframe train mnist --architecture large-cnn --epochs 10 --name digits
  $ freezeframe train pictures/ --size 96 --name parts --json
  $ freezeframe train houses.csv --target price --name prices
  $ freezeframe train mnist --name digits --resume
`,
    )
    .action(run);
}

/** Of what was left out, so many are said before training. */
const SHOWN = 5;

async function run(spec: string, flags: TrainFlags): Promise<void> {
  const { findPictures, leftOutInWords, leftOutOf, loadDataset } = await import('#datasets');
  const { checkName, defaultStore, openStore } = await import('#store');
  // A wrong name, or that there is nothing to resume, is said before anything is read.
  checkName(flags.name);
  if (flags.resume) await checkResumable(flags.name, defaultStore());
  let comparison: Comparison | undefined;
  const wanted = wantsBackbone({ ...flags });
  const resumesComparison = flags.resume && wantsBackbone({ ...flags, resume: undefined });
  const found = wanted || resumesComparison ? await findPictures(spec) : undefined;
  // Drawn pictures are small: a network of their own is better at them, and smaller.
  if (found && (flags.backbone !== undefined || found.name !== 'gnomes')) {
    if (wanted) {
      const stop = stopOnSignal();
      comparison = await trainWithBackbone(spec, found, flags, stop.signal).finally(() => stop.done());
      if (!comparison) return;
    }
    Object.assign(flags, await scratchFlags(found, comparison));
  }
  // A backend that does not load is said before the data is read.
  const backend = await openBackend(flags.backend);
  const options = datasetOptions(flags);
  const stop = stopOnSignal();
  const progress = trainingProgress();
  try {
    const dataset = await loadDataset(spec, options);
    const { notes = [] } = dataset;
    const said = [...notes, ...leftOutInWords(dataset.skipped, SHOWN, `freezeframe dataset ${spec} lists them`)];
    for (const line of said) say(line);
    const report = await trainDataset({
      name: flags.name,
      dataset,
      source: { spec, options },
      backend,
      seed: flags.seed,
      ...(flags.architecture ? { architecture: flags.architecture } : {}),
      settings: given({
        epochs: flags.epochs,
        batchSize: flags.batchSize,
        learningRate: flags.learningRate,
        patience: flags.patience,
      }),
      augment: { none: !flags.augment, flip: flags.flip },
      resume: flags.resume === true,
      ...numbersOf(flags),
      store: openStore(),
      storeRoot: defaultStore(),
      signal: stop.signal,
      ...progress.listeners,
    });
    progress.stop();
    const page = await writeTrainedReport(report, dataset);
    const { stored, constant, production } = report.frozen;
    const { name, version } = stored;
    const { epochs, seconds, metrics, warnings } = report;
    const line = {
      name,
      version,
      production,
      backend: report.backend,
      epochs,
      seconds,
      metrics,
      constant,
      warnings,
      skipped: leftOutOf(dataset.skipped, SHOWN),
      ...(notes.length > 0 ? { notes } : {}),
      ...(comparison ? { compared: comparison } : {}),
      report: page,
    };
    if (flags.json) for (const warning of warnings) say(`WARNING: ${warning}`);
    reportResult(line, flags.json === true, () =>
      [describeTraining(report, dataset), pageLine(page), ...nextSteps(report.frozen, spec)].join('\n'),
    );
  } finally {
    progress.stop();
    stop.done();
  }
}

/** How a network from scratch takes the pictures that it was compared on; found again where that training was stopped. */
async function scratchFlags(found: FoundPictures, comparison: Comparison | undefined) {
  const { pictureTraits } = await import('#datasets');
  const traits = comparison ? undefined : await pictureTraits(found.pictures);
  const shape = comparison ?? (traits && worthComparing(traits));
  return shape ? { size: shape.size, channels: shape.channels === 1 ? '1' : '3' } : {};
}

function datasetOptions(flags: TrainFlags) {
  return {
    ...given({ size: flags.size, target: flags.target, unit: flags.unit, encoding: flags.encoding }),
    ...(flags.channels === undefined ? {} : { channels: flags.channels === '1' ? (1 as const) : (3 as const) }),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was not given. */
function given<T extends Record<string, unknown>>(flags: T): Given<T> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** Ctrl-C reaches a whole group of processes, and the one that started this one passes it on: twice at once is once. */
const ONCE_MS = 1_000;

/** The first signal stops between two steps; a later one ends the process there: the last checkpoint is whole. */
function stopOnSignal(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  let first = Number.POSITIVE_INFINITY;
  const listener = () => {
    if (performance.now() - first > ONCE_MS) endProcess(1);
    if (controller.signal.aborted) return;
    first = performance.now();
    controller.abort();
  };
  for (const name of names) process.on(name, listener);
  return {
    signal: controller.signal,
    done: () => {
      for (const name of names) process.off(name, listener);
    },
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10)) throw new InvalidArgumentError('Expected a number above 0, at most 10.');
  return value;
}
