import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { takeLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';

const PAUSE_MS = 100;

class Taken extends Error {}

/**
 * Works after whoever else is at it: one process at a time.
 * @param locks a folder for locks. @param name of what only one may do
 */
export async function inTurn<T>(locks: string, name: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(locks);
  for (;;) {
    const release = await takeLock(join(locks, name), join(locks, 'released'), () => new Taken()).catch((error) => {
      if (error instanceof Taken) return undefined;
      throw error;
    });
    if (release) return work().finally(release);
    await pause(PAUSE_MS);
  }
}
