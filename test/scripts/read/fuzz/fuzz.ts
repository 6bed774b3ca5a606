import { startThread } from '../../../../scripts/system/threads/start-thread.ts';
import type { FuzzEvent, FuzzJob } from './thread.ts';

export interface FuzzOptions {
  readonly runs: number;
  /** Run `n` of a seed is the same on every machine. */
  readonly seed: number;
  readonly subject?: URL;
  /** A run above this is a hang: it is ended, and the next one begins. */
  readonly hangSeconds?: number;
}

export interface FuzzReport {
  readonly runs: number;
  /** Ended with a model, and with one of the project's own errors. */
  readonly read: number;
  readonly refused: number;
  /** Ended with any other error. */
  readonly escapes: readonly { run: number; file: string; error: string }[];
  readonly hangs: readonly number[];
  /** Calls of functions that write. */
  readonly writes: readonly string[];
  /** Of this process, resident, above what it had before. */
  readonly peakMegabytes: number;
}

const LOOK_EVERY_MS = 25;
const SUBJECT = new URL('./subject.ts', import.meta.url);

/** Mutates real files and reads them, in a thread that is watched. */
export async function fuzz({ runs, seed, subject = SUBJECT, hangSeconds = 20 }: FuzzOptions): Promise<FuzzReport> {
  const escapes: FuzzReport['escapes'][number][] = [];
  const [hangs, writes]: [number[], string[]] = [[], []];
  const [before, totals] = [process.memoryUsage.rss(), { read: 0, refused: 0 }];
  let peak = before;
  for (let from = 0; from < runs; ) {
    const at = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const job: FuzzJob = { subject: subject.href, seed, from, to: runs, at };
    const thread = startThread(new URL('./thread.ts', import.meta.url), { ...job }, { maxOldGenerationSizeMb: 1024 });
    let looking: NodeJS.Timeout | undefined;
    const ended = await new Promise<'done' | 'hang'>((resolve, reject) => {
      let [last, since] = [-1, performance.now()];
      looking = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss());
        const now = Atomics.load(at, 0);
        // Loading the thread's modules is no run: it takes seconds on a busy machine.
        if (now !== last || now < 0) [last, since] = [now, performance.now()];
        else if (performance.now() - since > hangSeconds * 1000) resolve('hang');
      }, LOOK_EVERY_MS);
      thread.on('message', (event: FuzzEvent) => {
        if ('escape' in event) escapes.push(event.escape);
        else if ('write' in event) writes.push(event.write);
        else {
          totals.read += event.done.read;
          totals.refused += event.done.refused;
          resolve('done');
        }
      });
      thread.once('error', reject);
    });
    clearInterval(looking);
    const reached = Atomics.load(at, 0);
    await thread.terminate();
    if (ended === 'done') break;
    hangs.push(reached);
    from = reached + 1;
  }
  return { runs, ...totals, escapes, hangs, writes, peakMegabytes: Math.round((peak - before) / 1e6) };
}

/** `runs 2000, escapes 0, hangs 0, peak 310 MB`, and what there is to say of each escape. */
export function summary({ runs, read, refused, escapes, hangs, writes, peakMegabytes }: FuzzReport): string {
  const line = `runs ${runs}, escapes ${escapes.length}, hangs ${hangs.length}, peak ${peakMegabytes} MB, written ${writes.length} (read ${read}, refused ${refused})`;
  const more = escapes.slice(0, 10).map(({ run, file, error }) => `  run ${run} of ${file}: ${error}`);
  return [line, ...more].join('\n');
}
