import { MB_PER_VCPU } from '@freezeframe/inference';
import type { Measured } from './figures.ts';
import type { Distribution } from './times.ts';

/** How long each step takes with one memory size. */
export interface Service {
  readonly init: Distribution;
  readonly first: Distribution;
  readonly warm: Distribution;
}

/** Milliseconds of one vCPU: what one thread does after another, and what all threads share. */
interface Work {
  readonly alone: number;
  readonly shared: number;
}

const STEPS = ['init', 'first', 'warm'] as const;

/** How much longer a vCPU of work takes where one thread may run, and where all may. */
function stretch(memoryMb: number): [alone: number, shared: number] {
  const share = memoryMb / MB_PER_VCPU;
  // As the engine chooses its threads: the share, rounded.
  return [1 / Math.min(1, share), 1 / Math.min(share, Math.max(1, Math.round(share)))];
}

/**
 * Where in its distribution a step is compared between memory sizes: other programs on the machine that is measured on delay
 * some answers, but seldom three quarters of them.
 */
const COMPARED = 0.25;

/**
 * The two kinds of work that explain times measured at several memory sizes best (least squares, none below zero). At and
 * below one vCPU the two look alike: then all is taken as the work of one thread, which more than one vCPU does not help.
 */
export function workOf(points: readonly { memoryMb: number; ms: number }[]): Work {
  let [aa, as, ss, at, st] = [0, 0, 0, 0, 0];
  for (const { memoryMb, ms } of points) {
    const [alone, shared] = stretch(memoryMb);
    aa += alone * alone;
    as += alone * shared;
    ss += shared * shared;
    at += alone * ms;
    st += shared * ms;
  }
  const determinant = aa * ss - as * as;
  if (determinant < 1e-9 * aa * ss) return { alone: at / aa, shared: 0 };
  const alone = (at * ss - st * as) / determinant;
  const shared = (st * aa - at * as) / determinant;
  if (shared < 0) return { alone: at / aa, shared: 0 };
  if (alone < 0) return { alone: 0, shared: st / ss };
  return { alone, shared };
}

function timeOf({ alone, shared }: Work, memoryMb: number): number {
  const [forAlone, forShared] = stretch(memoryMb);
  return alone * forAlone + shared * forShared;
}

/** The share of the warm work that several threads do side by side, 0 to 1. */
export function parallelShare(figures: readonly Measured[]): number {
  const { alone, shared } = workOf(figures.map(({ memoryMb, warm }) => ({ memoryMb, ms: warm(COMPARED) })));
  return alone + shared > 0 ? shared / (alone + shared) : 0;
}

/**
 * How long everything takes with this memory: as measured where it was, otherwise the times of the nearest size, longer or
 * shorter by what the work says.
 * @param slowdown how much slower a vCPU of Lambda is than a core of what was measured on.
 */
export function serviceAt(figures: readonly Measured[], memoryMb: number, slowdown = 1): Service {
  const distance = (one: Measured) => Math.abs(Math.log(one.memoryMb / memoryMb));
  const nearest = figures.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  const scaled = STEPS.map((step) => {
    const work = workOf(figures.map((one) => ({ memoryMb: one.memoryMb, ms: one[step](COMPARED) })));
    const before = timeOf(work, nearest.memoryMb);
    const ratio = slowdown * (before > 0 ? timeOf(work, memoryMb) / before : 1);
    const times = nearest[step];
    return [step, (share: number) => ratio * times(share)] as const;
  });
  return Object.fromEntries(scaled) as unknown as Service;
}
