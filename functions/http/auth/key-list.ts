import { FreezeframeError } from '@freezeframe/inference';
import { describeError, logLine } from '../../shared/observe/log.ts';
import { PATIENCE } from '../../shared/patience.ts';
import { lazily } from '../../shared/runtime/lazily.ts';
import { type KeyRecord, readRecord } from './key.ts';

/** So long a list is used before it is read again: a new key works, and a revoked one stops, within this time. Seconds. */
const TTL = 60;
/** Where Parameter Store cannot be read, the last list stands for so many times its time; then nobody is let in. */
const GRACE = 10;
/** Pause before Parameter Store is asked again after it failed. Milliseconds. */
const RETRY_AFTER = 2_000;

type Load = (path: string) => Promise<readonly KeyRecord[]>;

/** The keys under API_KEYS_PATH, read when first needed and then every API_KEYS_TTL seconds. */
export function createKeyList(
  load: Load = loadKeys,
  clock: () => number = Date.now,
): () => Promise<readonly KeyRecord[]> {
  let kept: { path: string; records: readonly KeyRecord[]; readAt: number; askAt: number } | undefined;
  return async () => {
    const { API_KEYS_PATH: path, API_KEYS_TTL } = process.env;
    if (!path) {
      throw new FreezeframeError('auth-unavailable', 'API_AUTH is key, and API_KEYS_PATH is not set');
    }
    const ttl = Number(API_KEYS_TTL || TTL) * 1000;
    const now = clock();
    if (kept?.path === path && now < kept.askAt) return kept.records;
    try {
      const records = await load(path);
      kept = { path, records, readAt: now, askAt: now + ttl };
      return records;
    } catch (cause) {
      if (kept?.path === path && now < kept.readAt + GRACE * ttl) {
        logLine('warn', 'keys could not be read again, the last ones stand', describeError(cause));
        kept = { ...kept, askAt: now + RETRY_AFTER };
        return kept.records;
      }
      throw new FreezeframeError('auth-unavailable', 'Keys cannot be read', { cause });
    }
  };
}

/** The SDK takes longer to load than the model; it is loaded by the first request that shows a key. */
const ssm = lazily(async () => {
  const { SSMClient, paginateGetParametersByPath } = await import('@aws-sdk/client-ssm');
  return { client: new SSMClient({ maxAttempts: 3, requestHandler: PATIENCE }), paginateGetParametersByPath };
});

async function loadKeys(path: string): Promise<readonly KeyRecord[]> {
  const { client, paginateGetParametersByPath } = await ssm();
  const records: KeyRecord[] = [];
  for await (const page of paginateGetParametersByPath({ client }, { Path: path, WithDecryption: true })) {
    for (const { Name, Value } of page.Parameters ?? []) {
      const record = readRecord(Value);
      if (record) records.push(record);
      // One that somebody spoilt must not shut the others out.
      else logLine('warn', 'a key parameter is not one', { parameter: Name });
    }
  }
  return records;
}
