import { FreezeframeError } from '@freezeframe/inference';

/** What AWS says where asking again a little later helps, and what the system says where AWS says nothing. */
const LATER =
  /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalServerError|TimeoutError|RequestTimeout|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;

/**
 * Calls AWS for a caller who waits. @throws FreezeframeError `service-busy` where AWS is, and whatever else `work` throws.
 */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (isBusy(cause)) {
      throw new FreezeframeError('service-busy', 'AWS answers too slowly or not at all', { cause });
    }
    throw cause;
  }
}

function isBusy(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { name, code = '', $metadata } = cause as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  return LATER.test(name) || LATER.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
