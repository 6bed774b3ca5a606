import { FreezeframeError } from '@freezeframe/inference';

/** `fail`: it cannot work. `warn`: it works, or will, and somebody should know. */
type State = 'ok' | 'warn' | 'fail';

/** One line of the doctor's. */
export interface Finding {
  /** What was looked at; stable. */
  readonly name: string;
  readonly state: State;
  readonly says: string;
  /** What to do; there for everything that is not `ok`. */
  readonly remedy?: string;
}

export function ok(name: string, says: string): Finding {
  return { name, state: 'ok', says };
}

export function bad(name: string, state: 'warn' | 'fail', says: string, remedy: string): Finding {
  return { name, state, says, remedy };
}

/** The finding of a check that threw. A failure that nobody foresaw goes on. */
export function fromError(name: string, state: 'warn' | 'fail', error: unknown): Finding {
  if (!(error instanceof FreezeframeError)) throw error;
  return bad(name, state, error.message, error.remedy ?? 'docs/errors.md of @freezeframe/cli says what to do.');
}
