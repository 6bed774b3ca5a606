import type { SizePlan } from './plan.ts';

export interface Recommendation {
  /** Absent where no size will do. */
  readonly memoryMb?: number;
  /** A sentence. */
  readonly why: string;
}

/** Sizes whose prices differ by less cost the same, for all that is known. */
const SAME_PRICE = 1.05;

/**
 * The memory size to take, where possible of those that were measured or lie below: what more vCPUs do is a guess. With a goal: the cheapest whose p95 meets it, and of those that cost nearly the same the fastest.
 * Without one: the smallest product of price and p95, so that half the time is worth twice the money.
 * @param goal milliseconds that 95 % of the answers may take.
 */
export function recommend(sizes: readonly SizePlan[], goal?: number): Recommendation {
  const all = sizes.filter(({ problems }) => problems.length === 0);
  const known = all.filter(({ extrapolated }) => !extrapolated);
  const p95 = ({ latencyMs }: SizePlan) => latencyMs.p95;
  const enough = known.length > 0 && (goal === undefined || known.some((size) => p95(size) <= goal));
  const usable = enough ? known : all;
  if (usable.length === 0) return { why: 'Every size has a problem: see the table.' };
  const price = ({ costPerMillion }: SizePlan) => costPerMillion;
  if (goal === undefined) {
    const { memoryMb } = least(usable, (size) => price(size) * p95(size));
    return { memoryMb, why: 'Its price times its p95 is the smallest: half the time is worth twice the money.' };
  }
  const meeting = usable.filter((size) => p95(size) <= goal);
  if (meeting.length === 0) {
    const fastest = least(usable, p95);
    return {
      why: `No size answers 95 % within ${goal} ms: the fastest, ${fastest.memoryMb} MB, takes ${Math.ceil(p95(fastest))} ms.`,
    };
  }
  const cheapest = price(least(meeting, price));
  const { memoryMb } = least(
    meeting.filter((size) => price(size) <= cheapest * SAME_PRICE),
    p95,
  );
  return {
    memoryMb,
    why: `It is the cheapest whose p95 is within ${goal} ms, or the fastest of those that cost about as much.`,
  };
}

function least(sizes: readonly SizePlan[], of: (size: SizePlan) => number): SizePlan {
  return sizes.reduce((best, size) => (of(size) < of(best) ? size : best));
}
