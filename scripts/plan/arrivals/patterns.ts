import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Random } from '#system';
import type { Arrivals } from './arrivals.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

interface Pattern {
  /** For people. */
  readonly says: string;
  /** The rate at a time, against its mean over each `period`. */
  readonly shape: (seconds: number) => number;
  readonly most: number;
  readonly period?: number;
}

/** In one minute of each hour, so many times the requests of every other minute. */
const BURST = 20;
const REST = 60 / (59 + BURST);
/** Not the first minute: the environments of a quiet half hour are there when it comes. */
const BURST_AT = HOUR / 2;

const PATTERNS = {
  poisson: { says: 'at random, the same rate all the time', shape: () => 1, most: 1 },
  daily: {
    says: 'at random, by the curve of a day: 0.2 times the mean at 4 in the morning, 1.8 times at 4 in the afternoon',
    shape: (seconds: number) => 1 - 0.8 * Math.cos((2 * Math.PI * (seconds - 4 * HOUR)) / DAY),
    most: 1.8,
    period: DAY,
  },
  burst: {
    says: `at random; one minute of each hour has ${BURST} times the requests of any other`,
    shape: (seconds: number) => {
      const into = (seconds % HOUR) - BURST_AT;
      return into >= 0 && into < 60 ? BURST * REST : REST;
    },
    most: BURST * REST,
    period: HOUR,
  },
} satisfies Record<string, Pattern>;

export type PatternName = keyof typeof PATTERNS;

export const PATTERN_NAMES = Object.keys(PATTERNS) as PatternName[];

/** More would not fit into memory beside their answers. */
const MOST = 10_000_000;

/**
 * Requests of so many hours, at random: a Poisson process whose rate follows the pattern (by thinning).
 * @param rate requests a second in the mean.
 * @throws FreezeframeError `used-wrongly` for no request, for more than ten million, and for hours that hold no whole period.
 */
export function drawArrivals(name: PatternName, rate: number, hours: number, random: Random): Arrivals {
  const { says, shape, most, period }: Pattern = PATTERNS[name];
  const span = hours * HOUR;
  if (period !== undefined && span % period !== 0) {
    const every = period / HOUR;
    throw new FreezeframeError('used-wrongly', expected(`a multiple of ${every}`, '--hours', hours), {
      remedy: `The pattern ${name} repeats every ${every === 1 ? 'hour' : `${every} hours`}; poisson takes any time.`,
    });
  }
  if (rate * span > MOST) {
    throw new FreezeframeError('used-wrongly', expected(`at most ${MOST} requests`, 'the simulation', rate * span), {
      remedy: `Look at less: --hours ${Number((MOST / rate / HOUR).toPrecision(1))}, where the pattern allows it.`,
    });
  }
  const times: number[] = [];
  for (let now = 0; ; ) {
    now += -Math.log(1 - random.uniform()) / (rate * most);
    if (now >= span) break;
    if (most === 1 || random.uniform() * most < shape(now)) times.push(now);
  }
  if (times.length === 0) {
    throw new FreezeframeError('used-wrongly', expected('at least one request', `${hours} hours`, times.length), {
      remedy: 'Look at more time (--hours), or at more requests (--rate).',
    });
  }
  return { says: `${says}, ${rate} a second in the mean`, span, times: Float64Array.from(times) };
}
