/** What is left running after this is ended the hard way: SIGTERM must be over within two seconds. Milliseconds. */
const PATIENCE = 1_500;

/** Waits for SIGINT or SIGTERM, then closes what was started. A second signal ends the process at once. */
export async function untilSignal(running: { close(): Promise<void> }): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  setTimeout(() => process.exit(), PATIENCE).unref();
  await running.close();
}
