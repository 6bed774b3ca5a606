/** How often is looked. Milliseconds. */
const INTERVAL = 500;

/**
 * Looks again and again, and calls `react` whenever there is something new, one call after the other. Polling sees what
 * watching misses on network disks and in containers.
 * @param look undefined where there is nothing to see at the moment.
 * @param first what was there before.
 */
export function whenChanged(
  look: () => Promise<string | undefined>,
  first: string | undefined,
  react: () => Promise<void>,
  interval = INTERVAL,
): { close: () => Promise<void> } {
  let last = first;
  let busy: Promise<void> | undefined;
  const round = async () => {
    const now = await look();
    if (now === undefined || now === last) return;
    last = now;
    await react();
  };
  const timer = setInterval(() => {
    busy ??= round().finally(() => {
      busy = undefined;
    });
  }, interval);
  return {
    close: async () => {
      clearInterval(timer);
      await busy;
    },
  };
}
