/** Milliseconds of warm answers: the median, and between which two numbers the middle half of them lies. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** What a model takes. What is absent was not measured. */
export interface Cost {
  readonly bytes?: number;
  /** One answer by the model alone. */
  readonly run?: Spread;
  /** One answer from the file on, decoding included. */
  readonly whole?: Spread;
  /** The most memory that the whole process held. */
  readonly peakBytes?: number;
}

/** What a model took before it was frozen, and what it takes now. */
export interface Performance {
  /** `what` says what "before" is: the trained network, the file as it came, a network without its head. */
  readonly before: Cost & { readonly what: string };
  readonly after: Cost;
}

/** @param times milliseconds, at least one */
export function spreadOf(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { median: at(0.5), low: at(0.25), high: at(0.75), runs: times.length };
}

const MOST_RUNS = 30;
const LEAST_RUNS = 5;
const ENOUGH_MS = 100;
const WARMING = 2;

/** Asks again and again for a tenth of a second, or five times: the first answers, which are slower, do not count. */
export async function repeat<T>(ask: (turn: number) => Promise<T>): Promise<T[]> {
  for (let turn = 0; turn < WARMING; turn++) await ask(turn);
  const results: T[] = [];
  const start = performance.now();
  while (results.length < MOST_RUNS && (results.length < LEAST_RUNS || performance.now() - start < ENOUGH_MS))
    results.push(await ask(results.length));
  return results;
}

/** The same for what only takes time. */
export async function timeWarm(ask: () => Promise<unknown>): Promise<Spread> {
  const times = await repeat(async () => {
    const start = performance.now();
    await ask();
    return performance.now() - start;
  });
  return spreadOf(times);
}
