import { resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  drawArrivals,
  LAMBDA_RULES,
  makePlan,
  PATTERN_NAMES,
  type PatternName,
  parseFigures,
  readArrivals,
  readFigures,
} from '#plan';
import { writePlanPage } from '#report';
import { replaceFile, stream } from '#system';
import { type Progress, reportResult, startProgress, wholeAboveZero, wholeNumber } from '#terminal';
import { planText } from './plan/plan-text.ts';
import { checkReportFile } from './report/report-file.ts';

interface Flags {
  rate?: number;
  pattern?: PatternName;
  arrivals?: string;
  hours?: number;
  memory: number[];
  arch: 'x64' | 'arm64';
  p95?: number;
  concurrency?: number;
  queue?: true;
  keepAlive?: number;
  measured?: string;
  saveMeasured?: string;
  picture?: string;
  model?: string;
  slowdown: number;
  seed: number;
  report?: string;
  json?: true;
}

/** From a third of a vCPU to all six. */
const MEMORIES = [512, 1024, 1769, 2654, 3538, 5307, 10240];

export function planCommand(): Command {
  return new Command('plan')
    .description(
      'what a stack would cost and how fast it would answer, for each memory size, by a simulation of Lambda',
    )
    .option('--rate <number>', 'requests a second, in the mean', aboveZero)
    .addOption(
      new Option('--pattern <name>', 'how they arrive: at random; by the curve of a day; a burst in each hour').choices(
        PATTERN_NAMES,
      ),
    )
    .option(
      '--arrivals <file>',
      'a log instead: CSV with a column time, a row a request, or with a column count besides',
    )
    .option('--hours <number>', 'how long they arrive; 24 if left out', aboveZero)
    .option('--memory <list>', 'memory sizes to look at, MB with commas between', memorySizes, MEMORIES)
    .addOption(new Option('--arch <processor>', 'whose price is taken').choices(['x64', 'arm64']).default('x64'))
    .option('--p95 <milliseconds>', 'recommend the cheapest size that answers 95 % within this time', aboveZero)
    .option('--concurrency <number>', 'environments that may be at work at once; 1,000 if left out', wholeAboveZero)
    .option('--queue', 'requests beyond a limit wait, as uploads do, instead of being refused')
    .option('--keep-alive <minutes>', 'after which an idle environment is gone; 10 if left out', aboveZero)
    .option('--measured <file>', 'measured figures, instead of measuring what is bundled now')
    .option('--picture <file>', 'measure with this picture; one of 1280 x 960 pixels is made up if left out')
    .option('--model <name>', 'measure this model, NAME or NAME@VERSION; the default of the bundle if left out')
    .option('--save-measured <file>', 'keep what is measured now, for --measured')
    .option(
      '--slowdown <factor>',
      'how much slower a vCPU of Lambda is than a core of what was measured on',
      aboveZero,
      1,
    )
    .option('--seed <number>', 'another one draws other requests', wholeNumber, 0)
    .option('--report <file>', 'write an HTML page with charts')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe plan --rate 5
  $ freezeframe plan --rate 0.2 --pattern daily --p95 500
  $ freezeframe plan --rate 50 --pattern burst --concurrency 100
  $ freezeframe plan --arrivals requests.csv --measured figures.json --json

Nothing is sent to AWS. What is assumed is printed with where it is from; docs/plan.md of
@freezeframe/cli explains it.`,
    )
    .action(plan);
}

async function plan(flags: Flags): Promise<void> {
  const { report } = flags;
  if (report !== undefined) await checkReportFile(report);
  const arrivals = await arrivalsOf(flags);
  const { of, figures } = await figuresOf(flags);
  const long = arrivals.times.length * flags.memory.length > MANY;
  const bar = long ? startProgress('Simulating', flags.memory.length, 'memory sizes') : undefined;
  const result = makePlan({
    arrivals,
    of,
    figures,
    memories: flags.memory,
    processor: flags.arch === 'arm64' ? 'arm64' : 'x86_64',
    rules: {
      ...LAMBDA_RULES,
      queue: flags.queue === true,
      ...(flags.concurrency ? { concurrency: flags.concurrency } : {}),
      ...(flags.keepAlive ? { keepAlive: 60 * flags.keepAlive } : {}),
    },
    slowdown: flags.slowdown,
    goal: flags.p95,
    seed: flags.seed,
    progress: (done) => bar?.update(done),
  });
  bar?.stop();
  if (report !== undefined) await writePlanPage(result, report);
  reportResult(result, flags.json === true, () =>
    report === undefined ? planText(result) : `${planText(result)}\n\nCharts: ${report}`,
  );
}

/** Requests that take longer than a second or two to simulate. */
const MANY = 8_000_000;

/** From the file, or measured now. */
async function figuresOf({ measured, picture, model, saveMeasured }: Flags) {
  if (measured !== undefined) {
    if (picture !== undefined || model !== undefined || saveMeasured !== undefined)
      throw usedWrongly('With --measured nothing is measured: leave out --picture, --model and --save-measured.');
    return readFigures(measured);
  }
  const { measureBundle } = await import('#plan/measure');
  let bar: Progress | undefined;
  const file = await measureBundle({
    buildDir: 'build',
    picture,
    model,
    progress: (done, parts) => {
      bar ??= startProgress('Measuring', parts, 'parts');
      bar.update(done);
    },
  }).finally(() => bar?.stop());
  if (saveMeasured !== undefined) {
    await replaceFile(resolve(saveMeasured), `${JSON.stringify(file, undefined, 2)}\n`);
  }
  return parseFigures(file, 'what was measured now');
}

async function arrivalsOf({ rate, pattern, arrivals, hours, seed }: Flags) {
  const random = stream(seed, 'arrivals');
  if (arrivals !== undefined) {
    if (rate !== undefined || pattern !== undefined || hours !== undefined)
      throw usedWrongly('--arrivals has its own rate and time: leave out --rate, --pattern and --hours.');
    return readArrivals(arrivals, random);
  }
  if (rate === undefined) throw usedWrongly('Expected either --rate or --arrivals.');
  return drawArrivals(pattern ?? 'poisson', rate, hours ?? 24, random);
}

function usedWrongly(message: string): FreezeframeError {
  return new FreezeframeError('used-wrongly', message, {
    remedy: 'See what is possible with: freezeframe plan --help',
  });
}

function aboveZero(text: string): number {
  const number = Number(text);
  if (/^\d*\.?\d+(e[+-]?\d+)?$/i.test(text) && number > 0 && number <= 1e9) return number;
  throw new InvalidArgumentError('Expected a number above 0, at most 1,000,000,000.');
}

/** What Lambda gives a function. MB. */
const [LEAST_MEMORY, MOST_MEMORY] = [128, 10240];

function memorySizes(text: string): number[] {
  const sizes = text.split(',').map((part) => {
    const size = wholeNumber(part.trim());
    if (size < LEAST_MEMORY || size > MOST_MEMORY)
      throw new InvalidArgumentError(expected(`${LEAST_MEMORY} to ${MOST_MEMORY} MB`, '--memory', size));
    return size;
  });
  return [...new Set(sizes)].sort((a, b) => a - b);
}
