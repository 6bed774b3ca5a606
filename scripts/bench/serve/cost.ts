import { MB_PER_VCPU } from '@freezeframe/inference';
import { monthCost } from '#plan/prices';

/** The memory of one vCPU. */
const GB = MB_PER_VCPU / 1024;

/** Dollars for a million answers of so many milliseconds each on x86, billed by the whole millisecond. */
export function dollarsPerMillion(ms: number): number {
  return monthCost({ requests: 1e6, gbSeconds: 1000 * Math.ceil(ms) * GB }, 'x86_64');
}
