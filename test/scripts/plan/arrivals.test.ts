import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArrivals } from '../../../scripts/plan/arrivals/log.ts';
import { drawArrivals, PATTERN_NAMES } from '../../../scripts/plan/arrivals/patterns.ts';
import { stream } from '../../../scripts/system/index.ts';

const random = () => stream(3, 'arrivals');
const within = (times: Float64Array, from: number, to: number) => times.filter((at) => at >= from && at < to).length;

describe('drawn arrivals', () => {
  it.each(PATTERN_NAMES)('%s has its rate in the mean, in order, within its time', (name) => {
    const { times, span } = drawArrivals(name, 5, 24, random());
    expect(span).toBe(86_400);
    // 432,000 with a deviation of 657.
    expect(Math.abs(times.length - 432_000)).toBeLessThan(3 * 657);
    expect(times.every((at, i) => at < span && at >= (times[i - 1] ?? 0))).toBe(true);
    expect(drawArrivals(name, 5, 24, random()).times).toEqual(times);
  });

  it('poisson has gaps of an exponential distribution', () => {
    const { times } = drawArrivals('poisson', 5, 24, random());
    const gaps = times.subarray(1).map((at, i) => at - (times[i] as number));
    for (const seconds of [0.1, 0.2, 1]) {
      expect(gaps.filter((gap) => gap > seconds).length / gaps.length).toBeCloseTo(Math.exp(-5 * seconds), 2);
    }
  });

  it('daily has its least at 4 and its most at 16 hours', () => {
    const { times } = drawArrivals('daily', 5, 24, random());
    const hour = (at: number) => within(times, (at - 0.5) * 3600, (at + 0.5) * 3600) / 18_000;
    expect([hour(4), hour(10), hour(16)]).toEqual([
      expect.closeTo(0.2, 1),
      expect.closeTo(1, 1),
      expect.closeTo(1.8, 1),
    ]);
  });

  it('burst has twenty times the requests in one minute of each hour', () => {
    const { times } = drawArrivals('burst', 50, 2, random());
    const minute = (at: number) => within(times, 60 * at, 60 * at + 60);
    expect(minute(30) / minute(29)).toBeCloseTo(20, -1);
    expect(minute(90) / minute(10)).toBeCloseTo(20, -1);
  });

  it('refuses parts of a period, and more than fits', () => {
    expect(() => drawArrivals('daily', 1, 30, random())).toThrow(
      'Expected a multiple of 24 for --hours but received 30',
    );
    expect(() => drawArrivals('burst', 1, 0.5, random())).toThrow('Expected a multiple of 1 for --hours');
    expect(() => drawArrivals('poisson', 1e-9, 1, random())).toThrow('Expected at least one request for 1 hours');
    expect(() => drawArrivals('poisson', 1000, 24, random())).toThrow(
      expect.objectContaining({ code: 'used-wrongly', remedy: expect.stringContaining('--hours 3') }),
    );
  });
});

describe('a log of arrivals', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const read = async (...lines: string[]) => {
    const path = join(folder, 'log.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return readArrivals(path, random());
  };

  it.each([
    ['seconds', ['time', '3', '1', '2.5']],
    ['milliseconds', ['Timestamp', '1764426601000', '1764426603000', '1764426602500']],
    [
      'dates',
      ['status;date', '200;2026-11-29T14:30:01Z', '200;2026-11-29 14:30:03', '429;2026-11-29T15:30:02,5+01:00'],
    ],
  ])('in %s', async (_, lines) => {
    const { times, span, says } = await read(...lines);
    expect([...times]).toEqual([0, 1.5, 2]);
    // Three requests are one and a half gaps of two seconds.
    expect([span, says]).toEqual([3, 'as in log.csv']);
  });

  it('of counts, whose intervals one odd time does not shorten', async () => {
    const at = (minute: number) => 60 * minute + (minute === 20 ? 59 : 0);
    const rows = Array.from({ length: 40 }, (_, minute) => `${at(minute)},60`);
    const { times, span } = await read('time,count', ...rows);
    expect(span).toBe(40 * 60);
    // Each second of a quarter of a minute: 15 of 60.
    expect(within(times, 5 * 60, 5 * 60 + 15)).toBeLessThan(30);
    // The odd one ends where the next begins.
    expect(within(times, at(20), 21 * 60)).toBe(60);
  });

  it('of counts, at random within each interval', async () => {
    const { times, span } = await read(
      'time,Invocations',
      '2026-11-29T14:30Z,100.0',
      '2026-11-29T14:31Z,0',
      '2026-11-29T14:33Z,50',
    );
    expect([times.length, span]).toEqual([150, 240]);
    expect([within(times, 0, 60), within(times, 60, 180), within(times, 180, 240)]).toEqual([100, 0, 50]);
    expect(times.every((at, i) => at >= (times[i - 1] ?? 0))).toBe(true);
  });

  it.each([
    ['no column of times', ['when', '1'], 'a column time'],
    ['no header', ['2026-11-29T14:30:01Z', '2026-11-29T14:30:02Z'], 'a column time'],
    ['nothing', ['time'], 'holds no request'],
    ['one request', ['time', '5'], 'at least two different times for log.csv but received 1'],
    ['one time', ['time', '5', '5', '5'], 'at least two different times'],
    ['counts of one time', ['time,count', '2026-11-29T00:00:00Z,1000'], 'at least two different times'],
    ['no time', ['time', '1', 'soon'], 'a time for line 3 of log.csv but received "soon"'],
    ['a time below zero', ['time', '-1'], 'a time for line 2'],
    ['no such month', ['time', '2026-13-29T14:30:01Z'], 'a time for line 2'],
    ['a day that there is not', ['time', '2026-02-30T14:30:01Z'], 'a time for line 2'],
    ['microseconds', ['time', '1764426601000000'], 'a time for line 2'],
    ['two units', ['time', '1', '1764426601000'], 'seconds in some rows and milliseconds in others'],
    ['a count that is none', ['time,count', '1,-5'], 'a number of requests for line 2 of log.csv but received "-5"'],
    ['half a request', ['time,count', '1,0.5'], 'a number of requests'],
    ['no count', ['time,count', '1'], 'a number of requests'],
  ])('is refused with %s', async (_, lines, message) => {
    const reading = read(...lines);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toMatchObject({ code: 'csv-invalid' });
  });

  it('is refused where there is no file', async () => {
    for (const path of [join(folder, 'none.csv'), folder])
      await expect(readArrivals(path, random())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is refused with more than fits', async () => {
    await expect(read('time,count', '0,9999999', '60,9999999')).rejects.toMatchObject({ code: 'used-wrongly' });
  });
});
