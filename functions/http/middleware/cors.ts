import type { MiddlewareHandler } from 'hono';
import { ANSWERED_BY } from '../responses/answered-by.ts';

/** What a browser may send besides the simple headers: all that anything here reads. */
const REQUEST_HEADERS = [
  'authorization',
  'content-encoding',
  'content-type',
  'if-none-match',
  'inference-header-content-length',
  'traceparent',
  'x-amzn-sagemaker-custom-attributes',
  'x-amzn-sagemaker-target-model',
  'x-api-key',
  'x-request-id',
];

/** What a script may read besides the simple headers. */
const RESPONSE_HEADERS = [
  ...['etag', 'inference-header-content-length', 'location', 'server-timing', ANSWERED_BY, 'x-request-id'],
];

/** Seconds that a browser may remember a preflight; Chromium takes no more than two hours. */
const MAX_AGE = '7200';

/**
 * Lets pages of other origins ask: those that CORS_ORIGINS lists, separated by commas, or all for `*`. Off where it is
 * empty. A preflight carries no credentials, so this comes before whatever checks them.
 */
export function cors(): MiddlewareHandler {
  return async (context, next) => {
    const allowed = (process.env.CORS_ORIGINS ?? '')
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean);
    if (allowed.length === 0) return next();
    const origin = context.req.header('origin');
    const any = allowed.includes('*');
    const answer = origin && (any || allowed.includes(origin)) ? (any ? '*' : origin) : undefined;
    const preflight = context.req.method === 'OPTIONS' && context.req.header('access-control-request-method');
    if (preflight && answer) {
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-origin': answer,
          'access-control-allow-methods': 'GET, HEAD, POST',
          'access-control-allow-headers': REQUEST_HEADERS.join(', '),
          'access-control-max-age': MAX_AGE,
          vary: 'origin, access-control-request-method, access-control-request-headers',
        },
      });
    }
    await next();
    // What is answered to one origin must not be kept for another.
    const { headers } = context.res;
    if (!any) headers.append('vary', 'origin');
    if (!answer) return;
    headers.set('access-control-allow-origin', answer);
    headers.set('access-control-expose-headers', RESPONSE_HEADERS.join(', '));
    headers.set('timing-allow-origin', answer);
  };
}
