import { setTimeout as sleep } from 'node:timers/promises';

/** onnxruntime's threads spin on after a run; without a pause the next candidate would be measured beside them. */
const SETTLE_MS = 15;

/** One benchmark: `npm run bench -- <name>`. Ratios are what to keep; milliseconds are this machine's. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Measures and answers the figures; each line for people goes to stderr as it is known. */
  run(args: readonly string[]): Promise<Record<string, unknown>>;
}

/**
 * Milliseconds of each run of each candidate. They take turns, so that a slow moment of the machine hits all of them alike.
 * @param rounds how often each is run, after `warmUp` runs that are not counted.
 */
export async function samples<Name extends string>(
  candidates: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds: number,
  warmUp = 3,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(candidates) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      await sleep(SETTLE_MS);
      const start = performance.now();
      await candidates[name]();
      if (round >= 0) times[name].push(performance.now() - start);
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

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
