import { countOf, formatShare } from '#terminal';
import type { Plan, SizePlan } from './plan.ts';

/** "a day", "1.5 hours", "3 minutes". */
export function hoursInWords(value: number): string {
  if (value >= 24 && value % 24 === 0) return value === 24 ? 'a day' : `${value / 24} days`;
  if (value >= 1) return about(value, 'hours');
  return value * 60 >= 1 ? about(value * 60, 'minutes') : about(value * 3600, 'seconds');
}

function about(value: number, unit: string): string {
  return countOf(Number(value.toPrecision(3)), unit);
}

/** "1 request", "86,563 requests". */
export function requestsInWords(count: number): string {
  return countOf(count, 'requests');
}

/** To three digits or so: "41.0 ms", "1060 ms", "12.0 s". */
export function milliseconds(value: number): string {
  if (value >= 9_999.5) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** A share that may be very small, but is not nothing. */
export function smallShare(share: number): string {
  if (share === 0 || share >= 0.01) return formatShare(share);
  return `${(100 * share).toPrecision(2)} %`;
}

/** US dollars: "$12.50", and of very little "$0.0021". */
export function dollars(value: number): string {
  if (value !== 0 && value < 0.000_05) return '<$0.0001';
  return `$${value.toFixed(value !== 0 && value < 0.1 ? 4 : 2)}`;
}

/** What there is to know of a size beside its figures. */
export function notesOf({ problems, extrapolated, refused, refusedShare }: SizePlan): string {
  return [
    ...problems,
    ...(extrapolated ? ['more vCPUs than measured'] : []),
    // Many are a problem, and named there.
    ...(refused > 0 && problems.length === 0 ? [`${smallShare(refusedShare)} refused`] : []),
  ].join(', ');
}

/** The size that is recommended; undefined where none is. */
export function recommendedSize({ sizes, recommended }: Plan): SizePlan | undefined {
  return sizes.find(({ memoryMb }) => memoryMb === recommended.memoryMb);
}

/** What comes of a size, in sentences. */
export function sizeInWords(size: SizePlan): string {
  const { latencyMs, coldShare, concurrency, costPerMonth, costPerMonthFree } = size;
  const month =
    costPerMonth === null
      ? ''
      : ` A month of this costs ${dollars(costPerMonth)}, or ${dollars(costPerMonthFree ?? 0)} where the account uses what AWS gives for nothing on this alone.`;
  return `95 of 100 requests are answered within ${milliseconds(latencyMs.p95)}, ${smallShare(coldShare)} wait for a new environment, and at most ${concurrency.peak.toLocaleString('en')} are at work at once.${month}`;
}
