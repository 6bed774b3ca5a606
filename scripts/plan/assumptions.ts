import { MB_PER_VCPU } from '@freezeframe/inference';
import type { Measured } from './figures.ts';
import { PRICES } from './prices.ts';
import { rulesInWords, type Said } from './rules.ts';
import { parallelShare } from './scale.ts';
import type { Rules } from './simulation/simulate.ts';

/** Everything that a plan takes for granted, in sentences, each with where it is from. */
export function assumptionsOf(figures: readonly Measured[], slowdown: number, rules: Rules): Said[] {
  const share = Math.round(100 * parallelShare(figures));
  const core =
    slowdown === 1
      ? 'A vCPU of Lambda is as fast as a core of the machine that was measured on'
      : `A vCPU of Lambda takes ${slowdown} times as long as a core of the machine that was measured on`;
  return [
    {
      says: `The processor comes with the memory: one vCPU for ${MB_PER_VCPU.toLocaleString('en')} MB, a share of one below it.`,
      source: 'docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html',
    },
    {
      says: `Times of other sizes follow from the measured ones: ${share} % of a warm answer is work that several threads share, the rest is done by one.`,
      source: figures.some(({ memoryMb }) => memoryMb > MB_PER_VCPU)
        ? 'from the figures of more than one vCPU'
        : 'our assumption: nothing was measured with more than one vCPU',
    },
    { says: `${core}.`, source: 'our assumption: --slowdown' },
    ...rulesInWords(rules),
    {
      says: 'Each invocation is billed by the millisecond with its memory, INIT included.',
      source: 'aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase',
    },
    {
      says: `Prices are those of ${PRICES.region} on ${PRICES.day}, with nothing free.`,
      source: PRICES.source.replace('https://', ''),
    },
    {
      says: `Not in it: the network, fetching the code for a new environment, logs, and the HTTP API ($${PRICES.millionHttpRequests.toFixed(2)} for a million requests).`,
      source: 'docs/operate.md of @freezeframe/cli',
    },
  ];
}
