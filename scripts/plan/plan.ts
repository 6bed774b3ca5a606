import { MB_PER_VCPU } from '@freezeframe/inference';
import { INIT_TIMEOUT_MS, INTEGRATION_TIMEOUT_MS } from '#local/limits';
import type { Arrivals } from './arrivals/arrivals.ts';
import { assumptionsOf } from './assumptions.ts';
import type { Measured } from './figures.ts';
import { MONTH_HOURS, monthCost, PRICES, type Processor } from './prices.ts';
import { type Recommendation, recommend } from './recommend.ts';

import type { Said } from './rules.ts';
import { type Service, serviceAt } from './scale.ts';
import { type Rules, type Simulated, simulate } from './simulation/simulate.ts';

export interface PlanOptions {
  readonly arrivals: Arrivals;
  /** What was measured, for people, and its figures. */
  readonly of: string;
  readonly figures: readonly Measured[];
  /** MB. */
  readonly memories: readonly number[];
  readonly processor: Processor;
  readonly rules: Rules;
  /** How much slower a vCPU of Lambda is than a core of what was measured on. */
  readonly slowdown: number;
  /** Milliseconds that 95 % of the answers may take. */
  readonly goal?: number | undefined;
  readonly seed: number;
  /** Called after each memory size. */
  readonly progress?: (done: number) => void;
}

interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What comes of one memory size. */
export interface SizePlan {
  readonly memoryMb: number;
  readonly vcpus: number;
  /** Medians that the simulation began with. */
  readonly warmMs: number;
  readonly coldMs: number;
  readonly answered: number;
  readonly refused: number;
  /** Of the answered, 0 to 1. */
  readonly coldShare: number;
  readonly refusedShare: number;
  /** From arrival to answer. */
  readonly latencyMs: Quantiles;
  /** Environments at work at once. */
  readonly concurrency: { readonly mean: number; readonly peak: number };
  /** USD of Lambda for a million answered requests, with nothing free. */
  readonly costPerMillion: number;
  /** USD of Lambda for a month like this; null where too little time was looked at. */
  readonly costPerMonth: number | null;
  /** The same where nothing else uses what every account is given. */
  readonly costPerMonthFree: number | null;
  /** It has more vCPUs than were measured. */
  readonly extrapolated: boolean;
  /** Why this size will not do. */
  readonly problems: readonly string[];
  readonly timeline: {
    /** Of each slice. */
    readonly seconds: number;
    readonly arrivals: readonly number[];
    readonly colds: readonly number[];
    readonly refusals: readonly number[];
    readonly peaks: readonly number[];
  };
}

export interface Plan {
  readonly arrivals: {
    readonly says: string;
    readonly hours: number;
    readonly requests: number;
    readonly perSecond: number;
  };
  readonly measured: string;
  readonly processor: Processor;
  readonly seed: number;
  readonly sizes: readonly SizePlan[];
  readonly recommended: Recommendation;
  /** What to know before one believes it. */
  readonly warnings: readonly string[];
  readonly assumptions: readonly Said[];
  readonly prices: { readonly region: string; readonly day: string; readonly source: string };
}

/** Requests of less time say nothing about a month. Seconds. */
const LEAST_FOR_A_MONTH = 3600;

/** More requests than that may not be refused. */
const MAY_BE_REFUSED = 0.001;

/** Simulates each memory size with the same requests, and says which to take. */
export function makePlan(options: PlanOptions): Plan {
  const { arrivals, figures, of, memories, processor, rules, slowdown, goal, seed } = options;
  const { times, span, says } = arrivals;
  const sizes = memories.map((memoryMb, i) => {
    const service = serviceAt(figures, memoryMb, slowdown);
    const size = sizePlan(memoryMb, service, simulate(times, span, service, rules, seed), options);
    options.progress?.(i + 1);
    return size;
  });
  return {
    arrivals: { says, hours: span / 3600, requests: times.length, perSecond: times.length / span },
    measured: of,
    processor,
    seed,
    sizes,
    recommended: recommend(sizes, goal),
    warnings: warningsOf(figures),
    assumptions: assumptionsOf(figures, slowdown, rules),
    prices: { region: PRICES.region, day: PRICES.day, source: PRICES.source },
  };
}

/** Warm answers of a quiet machine differ by less between the median and the 95th of 100. */
const STEADY = 2;

function warningsOf(figures: readonly Measured[]): string[] {
  const worst = Math.max(...figures.map(({ warm }) => warm(0.95) / warm(0.5)));
  if (!(worst > STEADY)) return [];
  const times = worst.toFixed(1);
  return [
    `The measured times are unsteady: 5 of 100 warm answers took ${times} times the median or longer. Measure on a quiet machine.`,
  ];
}

function sizePlan(memoryMb: number, service: Service, simulated: Simulated, options: PlanOptions): SizePlan {
  const { arrivals, processor, figures, rules } = options;
  const { span } = arrivals;
  const { answered, refused, cold, busySeconds, peak, timeline } = simulated;
  const latencyMs = quantiles(simulated.latencies);
  const coldMs = service.init(0.5) + service.first(0.5);
  const refusedShare = refused / (answered + refused);
  const problems: string[] = [];
  const peakMb = Math.max(...figures.map((one) => one.peakMb ?? 0));
  if (memoryMb < peakMb) problems.push(`needs ${Math.ceil(peakMb)} MB`);
  if (service.init(0.95) > INIT_TIMEOUT_MS) problems.push(`INIT is over ${INIT_TIMEOUT_MS / 1000} s`);
  if (!rules.queue && latencyMs.max > INTEGRATION_TIMEOUT_MS)
    problems.push(`answers over ${INTEGRATION_TIMEOUT_MS / 1000} s`);
  if (refusedShare > MAY_BE_REFUSED) problems.push(`${(100 * refusedShare).toPrecision(2)} % refused`);
  // What each answered request costs, at what a month of them costs.
  const perMonth = (MONTH_HOURS * 3600) / span;
  const use = { requests: answered, gbSeconds: (simulated.billedMs / 1000) * (memoryMb / 1024) };
  const month = { requests: use.requests * perMonth, gbSeconds: use.gbSeconds * perMonth };
  const long = span >= LEAST_FOR_A_MONTH;
  return {
    memoryMb,
    vcpus: memoryMb / MB_PER_VCPU,
    warmMs: service.warm(0.5),
    coldMs,
    answered,
    refused,
    coldShare: answered > 0 ? cold / answered : 0,
    refusedShare,
    latencyMs,
    concurrency: { mean: busySeconds / span, peak },
    costPerMillion: answered > 0 ? (monthCost(long ? month : use, processor) / (long ? month : use).requests) * 1e6 : 0,
    costPerMonth: long ? monthCost(month, processor) : null,
    costPerMonthFree: long ? monthCost(month, processor, true) : null,
    extrapolated: memoryMb > Math.max(MB_PER_VCPU, ...figures.map((one) => one.memoryMb)),
    problems,
    timeline: {
      seconds: timeline.seconds,
      arrivals: [...timeline.arrivals],
      colds: [...timeline.colds],
      refusals: [...timeline.refusals],
      peaks: [...timeline.peaks],
    },
  };
}

/** Of milliseconds, the shortest first. */
function quantiles(sorted: Float64Array): Quantiles {
  // The least value that this share of them does not exceed.
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
