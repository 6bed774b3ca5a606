import { toProblem } from '@freezeframe/inference';
import { describeError, logLine } from '../shared/log.ts';

/**
 * Answers an error as an RFC 9457 problem document. Failures of the service's own (5xx) are logged whole; what the caller
 * reads is the problem alone.
 * @param instance path of the request.
 */
export function problemResponse(error: unknown, instance?: string, headers: Record<string, string> = {}): Response {
  const problem = toProblem(error, instance);
  if (problem.status >= 500) logLine('error', 'request failed', { instance, ...describeError(error) });
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}
