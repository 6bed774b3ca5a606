/** Lambda's prices for x86 in us-east-1 (aws.amazon.com/lambda/pricing), in dollars. */
const GB_SECOND = 0.0000166667;
const MILLION_REQUESTS = 0.2;
/** The memory of one vCPU. */
const GB = 1769 / 1024;

/** Dollars for a million answers of so many milliseconds each, billed by the whole millisecond. */
export function dollarsPerMillion(ms: number): number {
  return MILLION_REQUESTS + 1_000_000 * (Math.ceil(ms) / 1000) * GB * GB_SECOND;
}
