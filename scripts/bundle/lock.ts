import { join } from 'node:path';
import { inTurn } from '#system';

const LOCKS = '.locks';

/**
 * Works alone in a build folder, after whoever is at it.
 * @param name `building` takes seconds to minutes; `publishing`, within it, is over in a moment.
 */
export function alone<T>(outDir: string, name: 'building' | 'publishing', work: () => Promise<T>): Promise<T> {
  return inTurn(join(outDir, LOCKS), name, work);
}
