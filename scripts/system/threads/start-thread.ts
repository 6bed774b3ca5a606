import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a module of this project in a thread of its own. It keeps the process alive until it is terminated.
 * @param module its URL. @param data what it finds as `workerData`, besides `module`.
 * @param resourceLimits for its JavaScript heap; a thread that exceeds them is ended by Node.
 */
export function startThread(
  module: URL,
  data: Readonly<Record<string, unknown>>,
  resourceLimits: ResourceLimits = {},
): Worker {
  return new Worker(new URL('./thread.js', import.meta.url), {
    workerData: { ...data, module: module.href },
    // Options of the process (an inspector, another loader) are not for this thread.
    execArgv: [],
    resourceLimits,
    // Libraries close file handles by their number, which Node would take for a mistake and warn of.
    trackUnmanagedFds: false,
  });
}
