import {
  dollars,
  hoursInWords,
  milliseconds,
  notesOf,
  type Plan,
  recommendedSize,
  requestsInWords,
  type SizePlan,
  sizeInWords,
  smallShare,
} from '#plan';
import { PRICES } from '#plan/prices';
import { formatTable } from '#terminal';

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

/** The plan for people: a row for each memory size, which to take, and what was assumed. */
export function planText(plan: Plan): string {
  const { arrivals, measured, sizes, assumptions, processor, recommended, warnings } = plan;
  const taken = recommendedSize(plan);
  return [
    `${requestsInWords(arrivals.requests)} in ${hoursInWords(arrivals.hours)}: ${arrivals.says}.`,
    `Measured: ${measured}`,
    '',
    formatTable(HEADER, sizes.map(row)),
    '',
    'warm, cold: a median answer of an environment that is there, or that is started for it. p50, p95, p99: that many of 100 requests are',
    'answered within this time. at once, most: environments at work, in the mean and at the busiest moment.',
    `Prices are for Lambda alone, on ${processor}; a million requests through the HTTP API cost $${PRICES.millionHttpRequests.toFixed(2)} more.`,
    '',
    ...warnings,
    ...(taken
      ? [`Take ${taken.memoryMb} MB (--param="memory=${taken.memoryMb}"). ${recommended.why}`, sizeInWords(taken)]
      : [recommended.why]),
    '',
    'What this rests on:',
    ...assumptions.map(({ says, source }) => `- ${says} [${source}]`),
  ].join('\n');
}

function row(size: SizePlan): string[] {
  const { memoryMb, vcpus, latencyMs, concurrency, costPerMonth } = size;
  return [
    `${memoryMb} MB`,
    vcpus.toFixed(2),
    milliseconds(size.warmMs),
    milliseconds(size.coldMs),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p95),
    milliseconds(latencyMs.p99),
    smallShare(size.coldShare),
    concurrency.mean.toFixed(concurrency.mean < 10 ? 2 : 0),
    concurrency.peak.toLocaleString('en'),
    dollars(size.costPerMillion),
    costPerMonth === null ? '-' : dollars(costPerMonth),
    notesOf(size),
  ];
}
