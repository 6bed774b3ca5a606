import { expected, FreezeframeError } from '@freezeframe/inference';

/** Who may call: see docs/deploy.md. */
const AUTH_MODES = ['key', 'iam', 'jwt', 'public'] as const;
type AuthMode = (typeof AUTH_MODES)[number];

/**
 * API_AUTH; keys where it is not set. A word that is none of the four lets nobody in.
 * @throws FreezeframeError `auth-unavailable`.
 */
export function authMode(said = process.env.API_AUTH || 'key'): AuthMode {
  const mode = AUTH_MODES.find((one) => one === said);
  if (mode) return mode;
  throw new FreezeframeError('auth-unavailable', expected(AUTH_MODES.join(', '), 'API_AUTH', said));
}
