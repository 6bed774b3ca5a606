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

function bar(title: string, total: number, unit: string): Progress {
  const single = new SingleBar(
    {
      format: `${title} {bar} {percentage}% {value}/{total}${unit ? ` ${unit}` : ''} {note} {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  single.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => single.update(done, { note }),
    stop: () => single.stop(),
  };
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
