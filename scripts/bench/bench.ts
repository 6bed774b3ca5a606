import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { median } from '#system';

/** onnxruntime's threads spin on after a run; without a pause the next candidate would be measured beside them. */
const SETTLE_MS = 15;

/** What `npm run bench -- NAME` may be told besides. */
export interface BenchOptions {
  /** How often each candidate has its turn; each benchmark has its own default. */
  readonly rounds?: number;
  /** Parts of the names of those that take part; all of them where there is none. */
  readonly only?: readonly string[];
  /** What else was typed: the names of models, a number of requests. */
  readonly rest: readonly string[];
}

/** One benchmark: `npm run bench -- <name>`. Ratios are what to keep; milliseconds are this machine's. */
export interface Bench<Figures extends object = Readonly<Record<string, unknown>>> {
  readonly name: string;
  readonly summary: string;
  /** Measures and answers the figures; each line for people goes to stderr as it is known. */
  run(options: BenchOptions): Promise<Figures>;
  /** The figures in Markdown; a line for each number where this is left out. */
  table?(figures: Figures): string;
  /** A picture of them, SVG. */
  chart?(figures: Figures): string;
}

/**
 * Milliseconds of each run of each candidate. They take turns, so that a slow moment of the machine hits all of them alike.
 * @param rounds how often each has its turn, after `warmUp` turns that are not counted.
 * @param inRow runs of one turn that count. Above 1, one more comes before them: processes that have just slept wake first
 *   (0.3 ms for the smallest request through the gateway becomes 1.4 ms after a pause of 20 ms), and that is not their work.
 */
export async function samples<Name extends string>(
  candidates: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds: number,
  warmUp = 3,
  inRow = 1,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(candidates) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      await sleep(SETTLE_MS);
      if (inRow > 1) await candidates[name]();
      for (let run = 0; run < inRow; run++) {
        const start = performance.now();
        await candidates[name]();
        if (round >= 0) times[name].push(performance.now() - start);
      }
    }
  }
  return times;
}

/** Median milliseconds of each candidate: see {@link samples}. */
export async function medians<Name extends string>(
  candidates: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const times = Object.entries(await samples(candidates, rounds)) as [Name, number[]][];
  return Object.fromEntries(times.map(([name, values]) => [name, median(values)])) as Record<Name, number>;
}

/** Gives a folder that is gone afterwards, also where the process is told to end. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await use(folder);
  } finally {
    process.off('exit', remove);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Those of the names that `--only` asks for: by a name, or by a part of names that is nobody's name.
 * @throws FreezeframeError `used-wrongly` where a part is in none of them
 */
export function chosenNames(names: readonly string[], only: readonly string[]): ReadonlySet<string> {
  if (only.length === 0) return new Set(names);
  return new Set(
    only.flatMap((part) => {
      const found = names.includes(part) ? [part] : names.filter((name) => part !== '' && name.includes(part));
      if (found.length === 0) throw wrongly(expected(`a part of ${names.join(', ')}`, '--only', part));
      return found;
    }),
  );
}

/** @throws FreezeframeError `used-wrongly` where what was typed is no number of them */
export function amountIn(typed: string, what = 'requests'): number {
  if (/^[1-9]\d*$/.test(typed)) return Number(typed);
  throw wrongly(expected(`a number of ${what}`, 'this benchmark', typed));
}

/** @throws FreezeframeError `used-wrongly` where the variable is not set */
export function fromEnvironment(name: string, what: string): string {
  const value = process.env[name];
  if (value) return value;
  throw wrongly(expected(what, `the environment variable ${name}`, undefined));
}

export function wrongly(message: string): FreezeframeError {
  return new FreezeframeError('used-wrongly', message);
}

/** A line for people, while a benchmark runs. */
export function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
