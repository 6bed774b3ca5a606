import type { Invocation } from '../observe/observe.ts';
import { PATIENCE } from '../patience.ts';
import { lazily } from '../runtime/lazily.ts';
import type { Job } from './job.ts';
import { settleJob } from './settle.ts';

/** A day: the row, kept for thirty, knows its revision for longer. */
const EXPIRES_SECONDS = 86_400;

/** What Powertools throws at whoever comes while the same job is being done elsewhere. */
export const IN_PROGRESS = 'IdempotencyAlreadyInProgressError';

const powertools = lazily(async () => {
  const [{ IdempotencyConfig, makeIdempotent }, { DynamoDBPersistenceLayer }] = await Promise.all([
    import('@aws-lambda-powertools/idempotency'),
    import('@aws-lambda-powertools/idempotency/dynamodb'),
  ]);
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: process.env.IDEMPOTENCY_TABLE as string,
    clientConfig: { requestHandler: PATIENCE },
  });
  return { IdempotencyConfig, makeIdempotent, persistenceStore };
});

/**
 * Settles a job that nobody else is settling and nobody has settled. Where `IDEMPOTENCY_TABLE` is not set, it is settled.
 *
 * Powertools keeps others away while this invocation may last, and remembers what was finished; what a job that died has
 * done already is in its row.
 * @throws IdempotencyAlreadyInProgressError, and what {@link settleJob} throws.
 */
export async function settleOnce(job: Job, invocation?: Invocation): Promise<void> {
  if (!process.env.IDEMPOTENCY_TABLE) {
    await settleJob(job);
    return;
  }
  const { IdempotencyConfig, makeIdempotent, persistenceStore } = await powertools();
  const config = new IdempotencyConfig({ expiresAfterSeconds: EXPIRES_SECONDS, hashFunction: 'sha256' });
  // All that it asks the context for is the time left.
  if (invocation) config.registerLambdaContext(invocation as Parameters<typeof config.registerLambdaContext>[0]);
  const { bucket, key } = job.object;
  const settle = makeIdempotent(
    async (_what: { bucket: string; key: string; revision: string }) => ({ id: await settleJob(job) }),
    { persistenceStore, config, keyPrefix: 'freezeframe' },
  );
  await settle({ bucket, key, revision: job.revision });
}
