import { createKey, parameterStore, stateOf } from '#keys';
import type { StackSettings } from '#stack';

export interface StackKey {
  /** Whether the API asks for keys and has none that opens it. */
  readonly needed: boolean;
  /** The one that was just made. */
  readonly made?: string;
  /** One that opens the API now or in a moment, if any is known. */
  readonly usable?: string;
}

/** A name by which it is known where it is to be revoked. */
const NAME = 'deploy';

/**
 * Makes the first key of an API that asks for keys; nobody could call it otherwise.
 * @param said a key that the user has. @param dry only looks.
 * @throws FreezeframeError `aws-refused`.
 */
export async function keyFor(
  { access, keysPath, region }: StackSettings,
  said: string | undefined,
  { dry = false } = {},
): Promise<StackKey> {
  if (access !== 'key') return { needed: false };
  const store = await parameterStore(keysPath, region);
  const needed = !(await store.list()).some((record) => stateOf(record) === 'good');
  if (!needed) return { needed, ...(said ? { usable: said } : {}) };
  if (dry) return { needed };
  const { key, record } = createKey({ name: NAME });
  await store.put(record);
  return { needed, made: key, usable: key };
}
