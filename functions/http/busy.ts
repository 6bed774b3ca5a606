import { FreezeframeError } from '@freezeframe/inference';

/** What AWS says where asking again a little later helps. */
const LATER =
  /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalServerError|TimeoutError|RequestTimeout)/;

/**
 * Calls AWS for a caller who waits. @throws FreezeframeError `service-busy` where AWS is, and whatever else `work` throws.
 */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof Error && LATER.test(cause.name)) {
      throw new FreezeframeError('service-busy', 'AWS answers too slowly or not at all', { cause });
    }
    throw cause;
  }
}
