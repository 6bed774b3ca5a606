import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { type Correlation, correlated } from '../../shared/observe/correlation.ts';
import type { HttpEnvironment } from '../gateway/gateway.ts';

/** Enough for a UUID, a ULID or a trace id; anything else might be meant for the log's reader rather than for the log. */
const REQUEST_ID = /^[A-Za-z0-9][\w.:+/=@-]{0,127}$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header; later versions may append fields. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * `x-request-id`: the caller's where it is one, else API Gateway's, else a new one; it is echoed, and every log line of
 * the request carries it, with the ids of a `traceparent`.
 */
export function correlate(): MiddlewareHandler<HttpEnvironment> {
  return async (context, next) => {
    const sent = context.req.header('x-request-id');
    const own = context.env?.event?.requestContext.requestId;
    const requestId = sent && REQUEST_ID.test(sent) ? sent : (own ?? randomUUID());
    await correlated({ requestId, ...parseTraceparent(context.req.header('traceparent')) }, next);
    context.res.headers.set('x-request-id', requestId);
  };
}

/** The ids of a W3C trace context; nothing of one that is malformed: it is to be ignored. */
export function parseTraceparent(header: string | undefined): Correlation {
  const [, version, traceId, parentId, , more] = TRACEPARENT.exec(header ?? '') ?? [];
  if (!traceId || !parentId || (version === '00' && more !== undefined)) return {};
  return { traceId, parentId };
}
