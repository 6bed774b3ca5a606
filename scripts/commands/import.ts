import { basename } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type ImportOptions,
  type ImportReport,
  PRECISIONS,
  PREPROCESS_NAMES,
  type Precision,
  type PreprocessName,
  RECIPES,
  TASKS,
  type Task,
} from '#import';
import { openStore, productionOf, productionText } from '#store';
import {
  capitalized,
  formatBytes,
  type Progress,
  printable,
  reportResult,
  say,
  startProgress,
  verifiedAs,
  wholeAboveZero,
} from '#terminal';
import type { EvaluatedImport } from './import/import-evaluated.ts';
import { type NumbersFlags, WEIGHTS } from './models/numbers-options.ts';
import { takesStore } from './models/store-option.ts';
import { commandLine } from './report/command-line.ts';
import { nextSteps } from './report/next-steps.ts';

interface Flags {
  name: string;
  task?: Task;
  preprocess?: PreprocessName;
  resize?: 'stretch' | 'cover' | 'contain';
  crop?: number;
  kernel?: 'cubic' | 'linear' | 'nearest' | 'lanczos3' | 'canvas';
  colour?: 'rgb' | 'bgr' | 'grey';
  invert?: true;
  size?: { width: number; height: number };
  labels?: string;
  labelEncoder?: string;
  scaler?: string;
  targetScaler?: string;
  targetUnit?: string;
  targetName?: string;
  featureNames?: string[];
  expected?: string;
  precision?: Precision;
  weights: NumbersFlags['weights'];
  calibrate?: string;
  allowNonfinite?: true;
  evaluate?: string;
  target?: string;
  encoding?: string;
  heatmap: boolean;
  timeLimit?: number;
  json?: true;
}

export function importCommand(): Command {
  return takesStore(new Command('import'))
    .description('bring a model that exists: read, freeze and verify it, and keep it in the store')
    .argument('<path>', 'a file, a folder or a zip; the format is found by content')
    .requiredOption('--name <name>', 'what to call the model')
    .addOption(new Option('--preprocess <how>', 'what its pictures went through').choices([...PREPROCESS_NAMES]))
    .addOption(new Option('--resize <how>', 'how pictures get their size').choices(['stretch', 'cover', 'contain']))
    .option('--crop <share>', 'central share of the resized picture that is kept, e.g. 0.875', share)
    .addOption(
      new Option('--kernel <name>', 'of resizing').choices(['linear', 'cubic', 'nearest', 'lanczos3', 'canvas']),
    )
    .addOption(new Option('--colour <order>', 'the channels that it takes').choices(['rgb', 'bgr', 'grey']))
    .option('--invert', 'it was trained on negatives (white strokes on black)')
    .option('--size <pixels>', 'of pictures, where the model leaves it open: 224 or 320x240', pictureSize)
    .option('--labels <file>', 'names of its classes: a text, CSV or JSON file, or imagenet')
    .option('--label-encoder <file>', 'names of its classes: a pickled scikit-learn LabelEncoder')
    .option('--scaler <file>', 'pickled scikit-learn scaler of its features')
    .option('--target-scaler <file>', 'pickled scikit-learn scaler of what it answers')
    .option('--feature-names <names>', 'comma-separated names of its features', names)
    .option('--target-name <name>', 'what it answers, e.g. price')
    .option('--target-unit <unit>', 'in what, e.g. USD')
    .addOption(new Option('--task <task>', 'what it answers; found by its last layer otherwise').choices([...TASKS]))
    .option('--expected <file>', 'compare it with these inputs and answers (JSON), to 1e-5')
    .addOption(
      new Option(
        '--precision <how>',
        'what it computes in: int8 (fails where it does not hold), auto (int8 where that holds and is faster), float32; of a quantized .tflite exact, its own stored numbers',
      ).choices([...PRECISIONS]),
    )
    .option('--evaluate <data>', 'measure it on labelled pictures or a table before it is saved, and write a report')
    .option('--target <column>', 'of the table that --evaluate names: which column holds the right answers')
    .option('--encoding <name>', 'of that table or CSV: windows-1252, ...; UTF-8 if left out')
    .option('--no-heatmap', 'leave out which parts of a picture speak for a label')
    .addOption(WEIGHTS)
    .option(
      '--calibrate <folder>',
      'pictures that ranges for int8 are taken from; in folders called like its labels, or not',
    )
    .option('--allow-nonfinite', 'import it although weights are NaN or infinite')
    .addOption(
      new Option('--time-limit <seconds>', 'of processor time that it may take; by the size of the file otherwise')
        .env('FREEZEFRAME_IMPORT_SECONDS')
        .argParser(wholeAboveZero),
    )
    .option('--json', 'end with one JSON line')
    .addHelpText('after', help)
    .action(run);
}

function help(): string {
  const recipes = PREPROCESS_NAMES.map((name) => {
    const summary = name === 'none' ? 'it takes tensors (float32), not pictures' : RECIPES[name].summary;
    return `  ${name.padEnd(18)}${summary}`;
  });
  return `
Formats: Keras 2 and 3 (.keras, .h5, a config beside weights, pickles), TensorFlow.js, TensorFlow Lite,
Teachable Machine, ONNX.

Preprocessing, chosen by what the file tells where it is left out:
${recipes.join('\n')}

Examples:
  $ freezeframe import keras_model.h5 --name rps --labels labels.txt
  $ freezeframe import mobilenet.keras --name mobilenet --preprocess tf --labels imagenet
  $ freezeframe import my_model/ --name tfjs                   model.json and its shards
  $ freezeframe import trained_model.h5 --name house --scaler features.pkl \\
      --target-scaler target.pkl --target-name price --target-unit USD
  $ freezeframe import keras_model.h5 --name rps --labels labels.txt --evaluate photos/
  $ freezeframe import model.onnx --name anything --preprocess none --json | jq .input

It is saved only if it answers as another implementation does. Nothing inside of a file is ever run.`;
}

async function run(path: string, flags: Flags): Promise<void> {
  const json = flags.json === true;
  checkEvaluation(flags);
  const options = importOptions(path, flags);
  const report = await importOne(options, flags);
  const { stored, notes } = report;
  const evaluated = 'page' in report ? report : undefined;
  if (json) {
    for (const note of notes) say(note);
    for (const warning of evaluated?.warnings ?? []) say(`WARNING: ${warning}`);
  }
  const production = await productionOf(openStore(), stored.name);
  const figures = evaluated && {
    metrics: evaluated.metrics,
    constant: evaluated.constant,
    warnings: evaluated.warnings,
    report: evaluated.page,
  };
  const more = evaluated
    ? (await import('./import/evaluated-text.ts')).evaluatedText(evaluated, production, flags.evaluate ?? '')
    : [];
  reportResult({ ...importResult(report), production, ...figures }, json, () =>
    [importText(report, production), ...more].join('\n'),
  );
}

async function importOne(options: ImportOptions, flags: Flags): Promise<ImportReport | EvaluatedImport> {
  const { evaluate: data, target, encoding } = flags;
  if (data === undefined) return (await import('#import')).importApart(options, timeLimit(flags));
  const { importEvaluated } = await import('./import/import-evaluated.ts');
  const table = { ...(target === undefined ? {} : { target }), ...(encoding === undefined ? {} : { encoding }) };
  return importEvaluated(options, timeLimit(flags), data, table);
}

function importOptions(path: string, flags: Flags): ImportOptions {
  const { preprocess, resize, crop, kernel, colour, invert, size, ...rest } = flags;
  const { scaler, targetScaler, labelEncoder, targetUnit, targetName, featureNames } = rest;
  return {
    path,
    name: rest.name,
    store: openStore(),
    pictures: { preprocess, resize, crop, kernel, colour, invert, size },
    table: { scaler, targetScaler, labelEncoder, targetUnit, targetName, featureNames },
    task: rest.task,
    labels: rest.labels,
    expected: rest.expected,
    precision: rest.precision,
    ...(rest.weights === 'float32' ? {} : { weights: rest.weights }),
    calibrate: rest.calibrate,
    allowNonfinite: rest.allowNonfinite === true,
    command: commandLine(),
    heatmap: rest.heatmap,
    onStep: showStep(printable(basename(path))),
  };
}

/** A step with a count is a bar of its own. */
function showStep(file: string): (step: string) => void {
  let bar: { readonly what: string; readonly progress: Progress } | undefined;
  return (step) => {
    const [, what, done, total] = /^(.*) (\d+)\/(\d+)$/.exec(step) ?? [];
    if (bar && bar.what !== what) {
      bar.progress.stop();
      bar = undefined;
    }
    if (what === undefined) process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${step} ${file} ` : '');
    else {
      bar ??= { what, progress: startProgress(what, Number(total), 'pictures') };
      bar.progress.update(Number(done));
    }
  };
}

/** @throws FreezeframeError `used-wrongly` for what only an evaluation reads */
function checkEvaluation({ evaluate, target, encoding }: Flags): void {
  const alone = target === undefined ? encoding && '--encoding' : '--target';
  if (evaluate !== undefined || !alone) return;
  throw new FreezeframeError('used-wrongly', expected('--evaluate', alone, 'nothing to evaluate'), {
    remedy: 'Name the labelled pictures or the table with --evaluate.',
  });
}

function timeLimit({ timeLimit: seconds }: Flags) {
  return seconds === undefined ? {} : { seconds };
}

function importResult({ stored, format, seconds, verification }: ImportReport) {
  const { name, version, manifest } = stored;
  const { against, maxDifference } = verification;
  const { task, input, output } = manifest;
  return { name, version, format, task, input, output, seconds, verified: { against, maxDifference } };
}

function importText(report: ImportReport, production: string | null): string {
  const { stored, title, notes, verification, bytes, seconds } = report;
  const { against, batches, maxDifference, top1Identical, expected: given } = verification;
  const first = top1Identical ? ', the same first choice on each' : '';
  const lines = [
    `${stored.name}@${stored.version}: ${title}, ${formatBytes(bytes)}, imported in ${seconds.toFixed(1)} s`,
    ...notes.map((note) => `  ${note}`),
    `  ${capitalized(verifiedAs(stored.manifest.metrics))} ${against} in batches of ${batches.join(' and ')}: difference at most ${maxDifference.toExponential(1)}${first}.`,
  ];
  if (given) lines.push(`  As --expected says: difference at most ${given.maxDifference.toExponential(1)}.`);
  const other = productionText(stored, production);
  if (other) lines.push(`  ${other}`);
  lines.push(...nextSteps({ stored, production }));
  return lines.join('\n');
}

function share(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 1) return number;
  throw new InvalidArgumentError(expected('a number above 0 and up to 1', '--crop', text));
}

function pictureSize(text: string): { width: number; height: number } {
  const match = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (width >= 1 && height >= 1) return { width, height };
  throw new InvalidArgumentError(expected('224 or WIDTHxHEIGHT', '--size', text));
}

function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.every((name) => name !== '')) return list;
  throw new InvalidArgumentError(expected('names with commas between them', '--feature-names', text));
}
