import type { Plan, SizePlan } from '#plan';
import { PRICES } from '#plan/prices';
import { formatShare, formatTable } from '#terminal';

const HEADER = [
  'memory',
  '>vCPU',
  '>warm',
  '>cold',
  '>p50',
  '>p95',
  '>p99',
  '>cold starts',
  '>at once',
  '>most',
  '>$/million',
  '>$/month',
  '',
];

/** The plan for people: what was assumed, a row for each memory size, and which to take. */
export function planText(plan: Plan): string {
  const { arrivals, measured, sizes, assumptions, processor, recommended } = plan;
  return [
    `${count(arrivals.requests)} requests in ${hours(arrivals.hours)}: ${arrivals.says}.`,
    `Measured: ${measured}`,
    '',
    formatTable(HEADER, sizes.map(row)),
    '',
    'warm, cold: a median answer of an environment that is there, or that is started for it. p50, p95, p99: that many of 100 requests are',
    'answered within this time. at once, most: environments at work, in the mean and at the busiest moment.',
    `Prices are for Lambda alone, on ${processor}; a million requests through the HTTP API cost $${PRICES.millionHttpRequests.toFixed(2)} more.`,
    '',
    ...plan.warnings,
    ...recommendation(plan, recommended.memoryMb),
    '',
    'What this rests on:',
    ...assumptions.map(({ says, source }) => `- ${says} [${source}]`),
  ].join('\n');
}

function row(size: SizePlan): string[] {
  const { memoryMb, vcpus, latencyMs, concurrency, problems } = size;
  return [
    `${memoryMb} MB`,
    vcpus.toFixed(2),
    milliseconds(size.warmMs),
    milliseconds(size.coldMs),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p95),
    milliseconds(latencyMs.p99),
    small(size.coldShare),
    concurrency.mean.toFixed(concurrency.mean < 10 ? 2 : 0),
    count(concurrency.peak),
    dollars(size.costPerMillion),
    size.costPerMonth === null ? '-' : dollars(size.costPerMonth),
    [
      ...problems,
      ...(size.extrapolated ? ['more vCPUs than measured'] : []),
      // Many are a problem, and named there.
      ...(size.refused > 0 && problems.length === 0 ? [`${small(size.refusedShare)} refused`] : []),
    ].join(', '),
  ];
}

function recommendation({ sizes, recommended }: Plan, memoryMb: number | undefined): string[] {
  const size = sizes.find((one) => one.memoryMb === memoryMb);
  if (!size) return [recommended.why];
  const { latencyMs, coldShare, concurrency, costPerMonth, costPerMonthFree } = size;
  const month =
    costPerMonth === null
      ? ''
      : ` A month of this costs ${dollars(costPerMonth)}, or ${dollars(costPerMonthFree ?? 0)} where the account uses what AWS gives for nothing on this alone.`;
  return [
    `Take ${size.memoryMb} MB (--param="memory=${size.memoryMb}"): ${recommended.why}.`,
    `95 of 100 requests are answered within ${milliseconds(latencyMs.p95)}, ${small(coldShare)} wait for a new environment, and at most ${count(concurrency.peak)} are at work at once.${month}`,
  ];
}

function hours(value: number): string {
  if (value >= 24 && value % 24 === 0) return value === 24 ? 'a day' : `${value / 24} days`;
  const rounded = Number(value.toPrecision(3));
  return `${rounded.toLocaleString('en')} ${rounded === 1 ? 'hour' : 'hours'}`;
}

function milliseconds(value: number): string {
  if (value >= 9_999.5) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** A share that may be very small, but is not nothing. */
function small(share: number): string {
  if (share === 0 || share >= 0.01) return formatShare(share);
  return `${(100 * share).toPrecision(2)} %`;
}

function dollars(value: number): string {
  return `$${value.toFixed(value !== 0 && value < 0.1 ? 4 : 2)}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
