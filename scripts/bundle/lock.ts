import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder, takeLock } from '#system';

const LOCKS = '.locks';
const PAUSE_MS = 100;

class Taken extends Error {}

/**
 * Works alone in a build folder, after whoever is at it.
 * @param name `building` takes seconds to minutes; `publishing`, within it, is over in a moment.
 */
export async function alone<T>(outDir: string, name: 'building' | 'publishing', work: () => Promise<T>): Promise<T> {
  const folder = join(outDir, LOCKS);
  await makeFolder(folder);
  for (;;) {
    const release = await takeLock(join(folder, name), join(folder, 'released'), () => new Taken()).catch((error) => {
      if (error instanceof Taken) return undefined;
      throw error;
    });
    if (release) return work().finally(release);
    await pause(PAUSE_MS);
  }
}
