/**
 * How long AWS is waited for: a client's `requestHandler`. Not `requestTimeout`, which the SDK takes for the time after which it
 * writes a warning, and goes on to wait. Milliseconds.
 */
export const PATIENCE = { connectionTimeout: 5_000, socketTimeout: 15_000 } as const;
