/**
 * How long AWS is waited for: a client's `requestHandler`. Not `requestTimeout`, which the SDK takes for the time after which it
 * writes a warning, and goes on to wait. Milliseconds.
 */
const PATIENCE = { connectionTimeout: 5_000, socketTimeout: 15_000 } as const;

/** What every client of AWS is made with. Where no region is said, it is the environment's or the profile's. */
export function clientOptions(region?: string) {
  return { ...(region ? { region } : {}), requestHandler: PATIENCE };
}
