import { toProblem } from '@freezeframe/inference';
import { describeError, logLine } from '../../shared/observe/log.ts';
import { measureFailure } from '../../shared/observe/metrics.ts';
import { shorten } from '../../shared/validate.ts';

/** Clients of these read `error` and nothing else: TensorFlow Serving, the Open Inference Protocol, MLflow. */
const WITH_ERROR = /^\/(v1|v2|invocations)(\/|$)/;

/** What is repeated of a request's path. Characters. */
const SHOWN_PATH = 200;

/** Seconds after which a busy service may be asked again. */
const RETRY_AFTER = '1';

/**
 * Answers an error as an RFC 9457 problem document. Failures of the service's own (5xx) are logged whole; what the caller
 * reads is the problem alone.
 * @param path of the request.
 */
export function problemResponse(error: unknown, path?: string, headers: Record<string, string> = {}): Response {
  const instance = path === undefined ? undefined : shorten(path, SHOWN_PATH);
  const problem = toProblem(error, instance);
  measureFailure(error);
  if (problem.status >= 500) logLine('error', 'request failed', { instance, ...describeError(error) });
  const body = WITH_ERROR.test(instance ?? '') ? { ...problem, error: problem.detail ?? problem.title } : problem;
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(problem.status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
      ...headers,
    },
  });
}
