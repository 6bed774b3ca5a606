import { Presets, SingleBar } from 'cli-progress';

/** A bar on stderr for anything that takes over a second. Where stderr is no terminal, a line every five seconds. */
export interface Progress {
  /** @param done units finished so far. @param note what to show behind the bar (loss, file name). */
  update(done: number, note?: string): void;
  stop(): void;
}

const LINE_INTERVAL_MS = 5_000;

export function startProgress(title: string, total: number, unit = ''): Progress {
  return process.stderr.isTTY ? bar(title, total, unit) : lines(title, total, unit);
}

/** How many a second since a moment of `performance.now()`, to show behind a bar. */
export function rateSince(began: number, done: number): string {
  return `${((done / (performance.now() - began)) * 1000).toFixed(1)} a second`;
}

/** What stands behind a bar, and may not be pushed off the screen by it. */
const BEHIND = 45;

function bar(title: string, total: number, unit: string): Progress {
  const room = (process.stderr.columns || 80) - title.length - BEHIND;
  const single = new SingleBar(
    {
      format: `${title} {bar} {percentage}% {value}/{total}${unit ? ` ${unit}` : ''} {note} {eta_formatted}`,
      stream: process.stderr,
      barsize: Math.max(5, Math.min(40, room)),
      hideCursor: true,
      gracefulExit: false,
      // A word stands for a time that is not known yet.
      formatTime: (seconds: unknown) => (typeof seconds === 'number' ? `${duration(seconds)} left` : ''),
    },
    Presets.shades_classic,
  );
  single.start(total, 0, { note: '' });
  const stop = () => {
    single.stop();
    SHOWN.delete(stop);
    if (SHOWN.size === 0) watch('off');
  };
  if (SHOWN.size === 0) watch('on');
  SHOWN.add(stop);
  return { update: (done, note = '') => single.update(done, { note }), stop };
}

/** Ends each bar that is on the screen. */
const SHOWN = new Set<() => void>();

function watch(how: 'on' | 'off'): void {
  process[how]('exit', stopAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process[how](signal, endWithout);
}

function stopAll(): void {
  for (const stop of [...SHOWN]) stop();
}

/**
 * A bar hides the cursor and keeps lines from wrapping. A signal that nobody else waits for ends the process as it would
 * have done without a bar, after both are as they were.
 */
function endWithout(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  stopAll();
  process.kill(process.pid, signal);
}

function lines(title: string, total: number, unit: string): Progress {
  const began = Date.now();
  let last = began;
  let first: number | undefined;
  let latest = '';
  let printed = '';
  const print = () => {
    if (latest !== printed) process.stderr.write(`${latest}\n`);
    printed = latest;
    last = Date.now();
  };
  return {
    update(done, note = '') {
      first ??= done;
      const seconds = done > first ? ((Date.now() - began) / 1000 / (done - first)) * (total - done) : 0;
      const left = seconds > 0 ? `, ${duration(seconds)} left` : '';
      latest = `${title} ${done}/${total}${unit ? ` ${unit}` : ''}${note ? ` ${note}` : ''}${left}`;
      if (Date.now() - last >= LINE_INTERVAL_MS) print();
    },
    stop: print,
  };
}

function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6_000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
