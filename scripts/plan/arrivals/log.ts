import { basename } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Random } from '#system';
import { openTable } from '#tables';
import { checkFile } from '../check-file.ts';
import type { Arrivals } from './arrivals.ts';

const TIME_COLUMNS = ['time', 'timestamp', 'date', '@timestamp', 'datetime'];
const COUNT_COLUMNS = ['count', 'requests', 'invocations', 'sum'];

/** More would not fit into memory beside their answers. */
const MOST = 10_000_000;

/** Numbers from there on are milliseconds since 1970, below it seconds. */
const MILLISECONDS = 1e11;
/** The year 5138 in milliseconds: what is larger counts in microseconds. */
const LARGEST = 1e14;

/**
 * The arrivals of a log: a table with a column `time`, one request in a row; or with a column `count` besides, so many
 * requests from that time until the next one, at random within it.
 * @throws FreezeframeError `csv-invalid`, `not-found`, `used-wrongly`; what else the file system throws
 */
export async function readArrivals(path: string, random: Random): Promise<Arrivals> {
  await checkFile(path, '--arrivals');
  const table = await openTable(path);
  const names = table.columns.map((name) => name.toLowerCase());
  const timeAt = names.findIndex((name) => TIME_COLUMNS.includes(name));
  const countAt = names.findIndex((name) => COUNT_COLUMNS.includes(name));
  if (timeAt < 0) {
    throw new FreezeframeError('csv-invalid', expected('a column time', `the columns of ${path}`, table.columns), {
      remedy: `Its first line names the columns. One of them is ${TIME_COLUMNS.join(', ')}; ${COUNT_COLUMNS.join(', ')} may be another.`,
    });
  }
  const rows: { time: number; count: number }[] = [];
  let total = 0;
  for await (const { cells, line } of table.records()) {
    const where = `line ${line} of ${basename(path)}`;
    const count = countAt < 0 ? 1 : countOf(cells[countAt], where);
    total += count;
    if (total > MOST) {
      throw new FreezeframeError('used-wrongly', expected(`at most ${MOST} requests`, path, total), {
        remedy: 'Give a part of the log.',
      });
    }
    rows.push({ time: timeOf(cells[timeAt], where), count });
  }
  if (total === 0) throw new FreezeframeError('csv-invalid', `${path} holds no request.`);
  // One time tells no rate, and of counts not how long it was counted.
  if (rows.every(({ time }) => time === rows[0]?.time))
    throw new FreezeframeError('csv-invalid', expected('at least two different times', basename(path), 1), {
      remedy: 'Give a log of more time, or the rate itself with --rate.',
    });
  return {
    says: `as in ${basename(path)}`,
    ...(countAt < 0 ? single(inSeconds(rows)) : spread(inSeconds(rows), random)),
  };
}

interface Row {
  readonly time: number;
  readonly count: number;
}

/** All in seconds, the first at 0. @throws FreezeframeError `csv-invalid` where seconds and milliseconds are mixed. */
function inSeconds(rows: Row[]): Row[] {
  const sorted = rows.toSorted((a, b) => a.time - b.time);
  const first = sorted[0]?.time ?? 0;
  const last = sorted.at(-1)?.time ?? 0;
  if (first < MILLISECONDS && last >= MILLISECONDS) {
    throw new FreezeframeError(
      'csv-invalid',
      `Times are seconds in some rows and milliseconds in others: ${first} and ${last}.`,
      {
        remedy: 'Give all of them in the same unit.',
      },
    );
  }
  const unit = last >= MILLISECONDS ? 1000 : 1;
  return sorted.map(({ time, count }) => ({ time: (time - first) / unit, count }));
}

function single(rows: readonly Row[]): Pick<Arrivals, 'span' | 'times'> {
  const times = Float64Array.from(rows, ({ time }) => time);
  // Two requests are one gap: the last one stands for a gap too.
  const last = times.at(-1) ?? 0;
  return { span: (last * times.length) / (times.length - 1), times };
}

/**
 * Counts of intervals. Each is as long as the shortest of most, since intervals without a request may be left out; where the next
 * begins sooner, it ends there. A single odd time does not shorten all of them.
 */
function spread(rows: readonly Row[], random: Random): Pick<Arrivals, 'span' | 'times'> {
  const starts = [...new Set(rows.map(({ time }) => time))];
  const gaps = Float64Array.from(starts.slice(1), (time, i) => time - (starts[i] as number));
  const interval = gaps.toSorted()[Math.floor(gaps.length / 10)] as number;
  const ends = new Map(starts.map((time, i) => [time, Math.min(interval, gaps[i] ?? interval)]));
  const times: number[] = [];
  for (const { time, count } of rows) {
    for (let i = 0; i < count; i++) times.push(time + (ends.get(time) as number) * random.uniform());
  }
  return { span: (starts.at(-1) as number) + interval, times: Float64Array.from(times).sort() };
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** Seconds for short numbers, milliseconds since 1970 for dates and long numbers. */
function timeOf(text: string | undefined, where: string): number {
  const cell = text ?? '';
  if (/^\d+(\.\d+)?$/.test(cell)) {
    const number = Number(cell);
    if (number < LARGEST) return number;
  }
  if (ISO.test(cell) && isDay(cell.slice(0, 10))) {
    const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(cell) ? cell : `${cell}Z`;
    const time = Date.parse(
      zoned
        .replace(' ', 'T')
        .replace(',', '.')
        .replace(/([+-]\d\d)(\d\d)$/, '$1:$2'),
    );
    if (!Number.isNaN(time)) return time;
  }
  throw new FreezeframeError('csv-invalid', expected('a time', where, text), {
    remedy: 'A time is 2026-11-29T14:30:00Z, or seconds or milliseconds as a number. Without a zone it is UTC.',
  });
}

/** JavaScript takes February 31 for March 3. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

function countOf(text: string | undefined, where: string): number {
  const number = Number(text);
  // CloudWatch writes 12.0.
  if (text !== undefined && /^\d+(\.0*)?$/.test(text) && number <= MOST) return number;
  throw new FreezeframeError('csv-invalid', expected('a number of requests', where, text));
}
