import { describeError, logLine } from '../../shared/observe/log.ts';
import { measureFailure } from '../../shared/observe/metrics.ts';
import { problemDocument } from './problem-document.ts';

/** Seconds after which a busy service may be asked again. */
const RETRY_AFTER = '1';

/**
 * Answers an error as a problem document. Failures of the service's own (5xx) are logged whole; what the caller reads is the
 * problem alone.
 * @param path of the request.
 */
export function problemResponse(error: unknown, path?: string, headers: Record<string, string> = {}): Response {
  const problem = problemDocument(error, path);
  measureFailure(error);
  if (problem.status >= 500) {
    logLine('error', 'request failed', { instance: problem.instance, ...describeError(error) });
  }
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(problem.status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
      ...headers,
    },
  });
}
