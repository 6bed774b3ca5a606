import { expected, FreezeframeError } from '@freezeframe/inference';
import { Command, InvalidArgumentError } from 'commander';
import { loadDataset } from '#datasets';
import { openStore } from '#store';
import { reportResult, startProgress } from '#terminal';
import {
  DEFAULT_SAMPLES,
  type FreezeReport,
  freezeText,
  freezeTrained,
  readTrainedModel,
  type TrainingRecord,
} from '#train';
import { type NumbersFlags, numbersOf, takesNumbers } from './models/numbers-options.ts';
import { takesStore } from './models/store-option.ts';

interface Options extends NumbersFlags {
  name?: string;
  samples: number | 'all';
  calibrate?: string;
  json?: true;
}

export function freezeCommand(): Command {
  return takesStore(takesNumbers(new Command('freeze')))
    .description('turn a trained model into one verified file that answers anywhere')
    .argument('<trained>', 'name of a trained model (freezeframe train ... --name)')
    .option('--name <name>', 'name in the store (default: the name it was trained under)')
    .option(
      '--samples <number>',
      'held-out samples to compare with the reference, or all',
      parseSamples,
      DEFAULT_SAMPLES as number | 'all',
    )
    .option('--calibrate <folder>', 'pictures that ranges for int8 are taken from, in the place of its own')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Training freezes by itself; this does it again, under another name or more thoroughly.

Examples:
  $ freezeframe freeze gnomes
  $ freezeframe freeze mnist --name digits --samples all
  $ freezeframe freeze gnomes --json | jq .verification

The frozen file is saved only if it answers as the model itself, computed a second time in plain code, on held-out samples.`,
    )
    .action(async (name: string, options: Options) => {
      const trained = await readTrainedModel(name);
      const dataset = await loadDataset(trained.training.dataset.spec, loadOptions(trained.training));
      let shown = '';
      const total = options.samples === 'all' ? dataset.splits.test.count : options.samples;
      let progress = startProgress('Verifying', Math.min(total, dataset.splits.test.count), 'samples');
      const report = await freezeTrained({
        trained,
        dataset,
        store: openStore(),
        samples: options.samples,
        ...(options.name === undefined ? {} : { name: options.name }),
        ...chosenNumbers(options),
        onProgress: (done) => progress.update(done),
        onPrecision: (what, done, count) => {
          if (what !== shown) {
            progress.stop();
            progress = startProgress(what, count);
          }
          shown = what;
          progress.update(done);
        },
      }).finally(() => progress.stop());
      reportResult(freezeResult(report), options.json === true, () => freezeText(report));
    });
}

/** @throws FreezeframeError `used-wrongly` where pictures are given for nothing */
function chosenNumbers({ calibrate, ...flags }: Options) {
  const numbers = numbersOf(flags);
  if (numbers.numbers) return { ...numbers, calibrate };
  if (calibrate === undefined) return {};
  const message = expected('int8 or auto', '--precision beside --calibrate', flags.precision);
  throw new FreezeframeError('used-wrongly', message, { remedy: 'Leave out --calibrate, or add --precision int8.' });
}

function loadOptions({ dataset: { options } }: TrainingRecord) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function parseSamples(text: string): number | 'all' {
  if (text === 'all') return 'all';
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError(expected('a number above 0, or all', '--samples', text));
}

function freezeResult({ stored, verification, metrics, bytes, seconds, constant, doubt, production }: FreezeReport) {
  const { name, version, digest } = stored;
  const warnings = doubt ? [doubt] : [];
  return { name, version, production, digest, bytes, seconds, metrics, constant, warnings, verification };
}
