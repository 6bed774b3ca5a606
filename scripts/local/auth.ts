import type { KeyScope } from '#functions';
import { createKey, type KeyStore, keyFile, localKeyFile } from '#keys';
import { readBody } from './http/body.ts';
import { type Loopback, startLoopback } from './http/loopback.ts';

export type LocalAuthMode = 'public' | 'key';

/** The path below which the functions on this machine look for keys. */
const KEYS_PATH = '/freezeframe/local/keys';
const SSM_REQUEST_LIMIT = 1024 * 1024;

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
  /** What opens the API to the gateway itself: a key that nobody else has, and that ends with it. */
  readonly credentials: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * With `key`, the keys of `freezeframe keys create NAME --local` open the gateway, by the way that they take on AWS.
 * @param scopes what the gateway itself asks
 */
export async function startLocalAuth(
  mode: LocalAuthMode,
  file = localKeyFile(),
  scopes: KeyScope[] = ['read'],
): Promise<LocalAuth> {
  if (mode === 'public') return { environment: { API_AUTH: 'public' }, credentials: {}, close: () => {} };
  const { key, record } = createKey({ name: 'the gateway itself', scopes });
  const kept = keyFile(file);
  const ssm = await startSsm({ ...kept, list: async () => [...(await kept.list()), record] });
  return {
    environment: {
      API_AUTH: 'key',
      API_KEYS_PATH: KEYS_PATH,
      API_KEYS_TTL: String(TTL),
      AWS_ENDPOINT_URL_SSM: `http://${ssm.address}`,
    },
    credentials: { authorization: `Bearer ${key}` },
    close: ssm.close,
  };
}

/** A little of Parameter Store: GetParametersByPath answers the keys of `store`, read anew each time. */
function startSsm(store: KeyStore): Promise<Loopback> {
  return startLoopback(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    try {
      if (request.headers['x-amz-target'] !== 'AmazonSSM.GetParametersByPath') {
        return answer(400, { __type: 'UnknownOperationException' });
      }
      const { Path } = JSON.parse(String(await readBody(request, SSM_REQUEST_LIMIT))) as { Path: string };
      const records = Path === KEYS_PATH ? await store.list() : [];
      const Parameters = records.map((record) => ({
        Name: `${Path}/${record.id}`,
        Type: 'SecureString',
        Value: JSON.stringify(record),
      }));
      return answer(200, { Parameters });
    } catch (error) {
      return answer(500, { __type: 'InternalServerError', message: String(error) });
    }
  });
}
