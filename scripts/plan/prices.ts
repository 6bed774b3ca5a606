/** As Lambda calls them. */
export type Processor = 'x86_64' | 'arm64';

interface Tier {
  /** GB-seconds of a month that this price ends at. */
  readonly until: number;
  /** USD for one. */
  readonly price: number;
}

/**
 * What Lambda and an HTTP API cost: list prices in USD. The time of INIT is billed as running time since August 2025:
 * aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase.
 */
export const PRICES = {
  region: 'us-east-1',
  /** The day on which they were last compared with a published list. */
  day: '2026-05-11',
  source: 'https://aws.amazon.com/lambda/pricing/',
  millionRequests: 0.2,
  gbSecond: {
    x86_64: [
      { until: 6e9, price: 0.0000166667 },
      { until: 15e9, price: 0.000015 },
      { until: Number.POSITIVE_INFINITY, price: 0.0000133334 },
    ],
    arm64: [
      { until: 7.5e9, price: 0.0000133334 },
      { until: 18.75e9, price: 0.0000120001 },
      { until: Number.POSITIVE_INFINITY, price: 0.0000106667 },
    ],
  },
  /** What every account is given each month. */
  free: { requests: 1e6, gbSeconds: 400_000 },
  /** A million requests through an HTTP API. */
  millionHttpRequests: 1,
} as const satisfies { gbSecond: Record<Processor, readonly Tier[]>; [name: string]: unknown };

/** Hours of a month, as AWS counts them. */
export const MONTH_HOURS = 730;

/** What Lambda was used for. */
export interface Use {
  readonly requests: number;
  readonly gbSeconds: number;
}

/** USD for what a month uses, without or with what every account is given. */
export function monthCost({ requests, gbSeconds }: Use, processor: Processor, free = false): number {
  const paid = free ? Math.max(0, requests - PRICES.free.requests) : requests;
  let cost = (paid / 1e6) * PRICES.millionRequests;
  // What is free is the first of the month.
  let from = free ? PRICES.free.gbSeconds : 0;
  for (const { until, price } of PRICES.gbSecond[processor]) {
    const within = Math.min(gbSeconds, until) - from;
    if (within <= 0) continue;
    cost += within * price;
    from = until;
  }
  return cost;
}
