import { keyFile, localKeyFile } from '#keys';
import { LOCAL_KEYS_PATH, startSsm } from './aws/ssm.ts';

export type LocalAuthMode = 'public' | 'key';

/** A key that was made or revoked a moment ago should be seen to be. Seconds. */
const TTL = 2;

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/** On this machine alone nobody needs a key; whoever opens the gateway to others, and says nothing, asks them for one. */
export function defaultAuth(host: string): LocalAuthMode {
  return LOOPBACK.test(host) ? 'public' : 'key';
}

export interface LocalAuth {
  /** What the functions are told. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** With `key`, the keys of `freezeframe keys create NAME --local` open the gateway, by the way that they take on AWS. */
export async function startLocalAuth(mode: LocalAuthMode, file = localKeyFile()): Promise<LocalAuth> {
  if (mode === 'public') return { environment: { API_AUTH: 'public' }, close: () => {} };
  const ssm = await startSsm(keyFile(file));
  return {
    environment: {
      API_AUTH: 'key',
      API_KEYS_PATH: LOCAL_KEYS_PATH,
      API_KEYS_TTL: String(TTL),
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
    },
    close: ssm.close,
  };
}
