/**
 * How long AWS is waited for: a client's `requestHandler`. Without it a call that nobody answers any more holds the function
 * until its own time is over; a batch of uploads then comes again as a whole. The SDK asks again where it may. Milliseconds.
 */
export const PATIENCE = { connectionTimeout: 3_000, socketTimeout: 5_000 } as const;
