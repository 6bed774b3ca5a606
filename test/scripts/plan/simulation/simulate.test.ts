import { describe, expect, it } from 'vitest';
import type { Arrivals } from '../../../../scripts/plan/arrivals/arrivals.ts';
import { drawArrivals } from '../../../../scripts/plan/arrivals/patterns.ts';
import { LAMBDA_RULES } from '../../../../scripts/plan/rules.ts';
import type { Service } from '../../../../scripts/plan/scale.ts';
import { type Rules, type Simulated, simulate } from '../../../../scripts/plan/simulation/simulate.ts';
import type { Distribution } from '../../../../scripts/plan/times.ts';
import { stream } from '../../../../scripts/system/index.ts';
import { erlangB, erlangC, waitsLonger } from './queueing.ts';

const constant =
  (ms: number): Distribution =>
  () =>
    ms;
const exponential =
  (mean: number): Distribution =>
  (share) =>
    -mean * Math.log(1 - share);
/** A tenth takes nine times as long as the others. */
const uneven =
  (mean: number): Distribution =>
  (share) =>
    ((share < 0.9 ? 1 : 9) * mean) / 1.8;

/** No INIT, and a first answer like all others: then environments are the servers of queueing theory. */
const servers = (time: Distribution): Service => ({ init: constant(0), first: time, warm: time });

/** Nothing but the number of environments limits what is answered. */
const FREE: Rules = {
  concurrency: 1e9,
  startsAtOnce: 1e9,
  startsPerSecond: 1e9,
  requestsPerEnvironment: 1e9,
  keepAlive: 1e9,
  lifetime: 1e9,
  queue: false,
};

const arrivals = (rate: number, hours: number, seed = 1) =>
  drawArrivals('poisson', rate, hours, stream(seed, 'arrivals'));

const run = (rate: number, hours: number, service: Service, rules: Partial<Rules> = {}): Simulated => {
  const { times, span } = arrivals(rate, hours);
  return simulate(times, span, service, { ...FREE, ...rules }, 1);
};

const mean = (values: Float64Array) => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('against queueing theory', () => {
  // 20 requests a second of 200 ms each are a load of 4 Erlang. Five hours of it are 360,000 requests.
  const load = 4;
  const seconds = 5 * 3600;

  it.each([
    ['exponential', exponential(200)],
    ['constant', constant(200)],
    ['uneven', uneven(200)],
  ])('loses what Erlang B says, whatever the service times: %s', (_, time) => {
    for (const concurrency of [2, 4, 8]) {
      const { answered, refused, busySeconds, peak } = run(20, 5, servers(time), { concurrency });
      const lost = refused / (answered + refused);
      const expected = erlangB(concurrency, load);
      // 0.0304 of 8, 0.31 of 4, 0.615 of 2.
      expect(Math.abs(lost - expected), `${concurrency}: ${lost} for ${expected}`).toBeLessThan(
        0.003 + 0.01 * expected,
      );
      // Little's law: environments at work are answered requests a second times the time of each.
      expect(busySeconds / seconds).toBeCloseTo(load * (1 - expected), 1);
      expect(peak).toBe(concurrency);
    }
  });

  it.each([5, 6, 8])('lets as many wait in a queue as Erlang C says, and as long: %i environments', (concurrency) => {
    const simulated = run(20, 5, servers(exponential(200)), { concurrency, queue: true });
    expect(simulated.refused).toBe(0);
    // Mean time from arrival to answer: 200 ms and the mean wait.
    const wait = (erlangC(concurrency, load) * 200) / (concurrency - load);
    const ratio = mean(simulated.latencies) / (200 + wait);
    expect(Math.abs(ratio - 1), `${ratio}`).toBeLessThan(0.03);
    // Nothing is lost: all of the load is worked off.
    expect(simulated.busySeconds / seconds).toBeCloseTo(load, 1);
  });

  it('waits as long as the formula says: shares beyond one and two service times', () => {
    const concurrency = 6;
    const waits = waitsOf(arrivals(20, 5), exponential(200), concurrency);
    for (const serviceTimes of [0, 0.5, 1]) {
      const share = waits.filter((ms) => ms > 200 * serviceTimes + 1e-6).length / waits.length;
      const expected = waitsLonger(concurrency, load, serviceTimes);
      // 0.285, 0.105, 0.039; waits that follow each other are alike, so that 360,000 of them count as fewer.
      expect(Math.abs(share - expected), `${serviceTimes}: ${share}`).toBeLessThan(0.01);
    }
  });

  it('has as many environments at work as Little says where nothing is limited, and the peak of a Poisson number', () => {
    const { busySeconds, peak, cold, answered } = run(20, 5, servers(uneven(200)));
    expect(busySeconds / seconds).toBeCloseTo(load, 1);
    // Poisson of mean 4: more than 12 for sure within 360,000 draws, 30 practically never.
    expect(peak).toBeGreaterThan(12);
    expect(peak).toBeLessThan(30);
    // Nothing is ever gone: each environment was cold once.
    expect([cold, answered > 350_000]).toEqual([peak, true]);
  });

  it('starts as many environments as gaps are longer than they are kept', () => {
    // One request in 10 minutes, kept for 10: a share of 1/e finds none. The rest find one, as answers take no time.
    const rate = 1 / 600;
    const { cold, answered } = run(rate, 100_000, servers(constant(1)), { keepAlive: 600 });
    expect(answered).toBeGreaterThan(590_000);
    expect(cold / answered).toBeCloseTo(Math.exp(-1), 2);
  });
});

/**
 * How long each request waits, in milliseconds, by Kiefer and Wolfowitz's recursion, which knows nothing of events: first
 * come, first served by whoever is free first. The simulation must come to the same times.
 */
function waitsOf({ times, span }: Arrivals, time: Distribution, concurrency: number): number[] {
  const works: number[] = [];
  const recording: Distribution = (share) => {
    works.push(time(share));
    return works.at(-1) as number;
  };
  const { latencies } = simulate(times, span, servers(recording), { ...FREE, concurrency, queue: true }, 1);
  const free = new Float64Array(concurrency);
  const waits = Array.from(times, (arrived, request) => {
    const first = free.indexOf(Math.min(...free));
    const begun = Math.max(arrived, free[first] as number);
    free[first] = begun + (works[request] as number) / 1000;
    return (begun - arrived) * 1000;
  });
  const answers = waits.map((wait, request) => wait + (works[request] as number)).sort((a, b) => a - b);
  const furthest = answers.reduce((most, ms, i) => Math.max(most, Math.abs(ms - (latencies[i] as number))), 0);
  expect(furthest).toBeLessThan(1e-6);
  return waits;
}

describe('what Lambda does', () => {
  const at = (...times: number[]) => Float64Array.from(times);
  const service: Service = { init: constant(1000), first: constant(200), warm: constant(100) };
  const simulated = (times: Float64Array, rules: Partial<Rules> = {}) =>
    simulate(times, 100, service, { ...LAMBDA_RULES, ...rules });

  it('is cold, then warm, and bills INIT', () => {
    const { latencies, cold, billedMs, busySeconds } = simulated(at(0, 5));
    expect([...latencies]).toEqual([100, 1200]);
    expect([cold, billedMs, busySeconds]).toEqual([1, 1300, 1.3]);
  });

  it('starts another environment beside one that is busy, and bills each begun millisecond', () => {
    const odd = { ...service, init: constant(0.2), first: constant(0.2) };
    const { cold, billedMs, peak } = simulate(at(0, 0.0001), 100, odd, LAMBDA_RULES);
    expect([cold, billedMs, peak]).toEqual([2, 2, 2]);
  });

  it('loses an environment that was idle for longer than it is kept, or is too old', () => {
    expect(simulated(at(0, 601.2)).cold).toBe(1);
    expect(simulated(at(0, 601.3)).cold).toBe(2);
    // One request in 5 minutes keeps it, for two hours: 25 requests, then the next.
    const steady = Float64Array.from({ length: 50 }, (_, i) => 300 * i);
    expect(simulated(steady).cold).toBe(2);
    expect(simulated(steady, { lifetime: 1e9 }).cold).toBe(1);
  });

  it('uses the environment that was used last, so that the others go', () => {
    // Two at once, then one at a time for 15 minutes, then two at once again: the second was idle all the time.
    const alone = Array.from({ length: 30 }, (_, i) => 10 + 30 * i);
    expect(simulated(at(0, 0, ...alone, 1000, 1000)).cold).toBe(3);
  });

  it('refuses beyond the account, and beyond ten requests a second for each environment', () => {
    const burst = new Float64Array(50);
    expect(simulated(burst, { concurrency: 10 })).toMatchObject({ answered: 10, refused: 40, peak: 10 });
    // 200 a second of 5 ms each need two environments, and are more than 10 x 10 requests a second.
    const quick = { init: constant(0), first: constant(5), warm: constant(5) };
    const { times, span } = arrivals(200, 1);
    const { refused, answered } = simulate(times, span, quick, { ...LAMBDA_RULES, concurrency: 10 });
    expect(refused / (answered + refused)).toBeCloseTo(0.5, 2);
  });

  it('starts 1,000 environments at once and 100 more a second', () => {
    const long = { ...service, first: constant(60_000) };
    // 3,000 requests within 10 s, none of which ends meanwhile.
    const times = Float64Array.from({ length: 3000 }, (_, i) => i / 300);
    const rules = { ...LAMBDA_RULES, concurrency: 5000 };
    expect(simulate(times, 100, long, rules)).toMatchObject({ answered: 1999, refused: 1001, peak: 1999 });
    // In a queue the others wait until more may be started: the last of 3,000 begins 10 s later.
    const queued = simulate(times, 100, long, { ...rules, queue: true });
    expect(queued).toMatchObject({ answered: 3000, refused: 0, peak: 3000 });
    expect(queued.latencies.at(-1)).toBeCloseTo(61_000 + 20_000 - 9_997, -2);
  });

  it('is the same for the same seed, and another for another', () => {
    const { times, span } = arrivals(1, 1);
    const timed = servers(exponential(50));
    const p95 = (seed: number) => simulate(times, span, timed, LAMBDA_RULES, seed).latencies.at(-180);
    expect(p95(1)).toBe(p95(1));
    expect(p95(1)).not.toBe(p95(2));
  });
});
