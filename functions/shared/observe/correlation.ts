import { AsyncLocalStorage } from 'node:async_hooks';

/** What joins the log lines of one piece of work, and those lines with the caller's: names and ids, never contents. */
export type Correlation = Readonly<Record<string, string>>;

const storage = new AsyncLocalStorage<Correlation>();

/** Every line that is logged within `work`, however deep, carries these fields, and those of the work around it. */
export function correlated<T>(fields: Correlation, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of the work that is going on; none outside of any. */
export function correlation(): Correlation {
  return storage.getStore() ?? {};
}
