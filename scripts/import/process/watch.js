// A thread beside the one that works: native code, in which a graph may run for ever or fill the memory, stops no thread.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const LOOK_EVERY_MS = 50;
/** A pipe to the parent process, which reads from it why this one has ended. */
const REASON_FD = 4;

const end = (reason) => {
  writeSync(REASON_FD, reason);
  process.kill(process.pid, 'SIGKILL');
};

const parent = process.ppid;
setInterval(() => {
  const resident = process.memoryUsage.rss();
  if (resident > workerData.bytes) end('memory');
  // Of all threads, and not of the clock: on a busy machine a healthy file waits.
  const { user, system } = process.cpuUsage();
  if ((user + system) / 1e6 > workerData.seconds) end('time');
  // Whoever asked is gone.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);
