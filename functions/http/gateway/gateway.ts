import { RequestError } from '@freezeframe/inference';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problemResponse } from '../responses/problem.ts';

/** Anything that answers a web request: a Hono app. */
interface WebApp {
  /** @param environment what the app may want to know besides the request. */
  fetch(request: Request, environment?: { event: GatewayEvent }): Response | Promise<Response>;
}

/** What of an API Gateway payload 2.0 event is read. */
export type GatewayEvent = Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'headers'> & {
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: {
    http: { method: string };
    requestId?: string;
    /** What API Gateway's authorizer found: a token's claims, say. */
    authorizer?: Record<string, unknown>;
  };
};

/** What Hono's context carries here. */
export interface HttpEnvironment {
  Bindings: {
    /** The event that the request was made of: its `requestContext` holds what an authorizer found. Absent in tests. */
    event?: GatewayEvent;
  };
}

/** The app needs an origin to make a URL of a path; nothing reads it, and the `host` header is the caller's to choose. */
const ORIGIN = 'https://function.internal';

/**
 * Makes a Lambda handler for API Gateway's payload format 2.0 of a web app.
 *
 * Hono has an adapter too, which is deprecated. It decodes base64 byte by byte, 25 ms for a 4.5 MB picture where Node's
 * decoder takes 2, and answers a GET that has a body with plain text. The tests hold this one against it.
 */
export function toHandler(app: WebApp): (event: GatewayEvent) => Promise<APIGatewayProxyStructuredResultV2> {
  return async (event) => toResult(await respond(app, event));
}

async function respond(app: WebApp, event: GatewayEvent): Promise<Response> {
  let request: Request;
  try {
    request = toRequest(event);
  } catch (cause) {
    return problemResponse(new RequestError('request-malformed', 'The request cannot be read', { cause }));
  }
  return app.fetch(request, { event });
}

function toRequest(event: GatewayEvent): Request {
  const url = new URL(ORIGIN);
  url.pathname = event.rawPath;
  url.search = event.rawQueryString;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, value);
  if (event.cookies?.length) headers.set('cookie', event.cookies.join('; '));
  const { method } = event.requestContext.http;
  // A GET may carry a body on the wire, but not in the web's Request: it means nothing, so it is left out.
  if (!event.body || method === 'GET' || method === 'HEAD') return newRequest(url, method, { headers });
  const body = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  headers.set('content-length', String(body.byteLength));
  return newRequest(url, method, { headers, body });
}

/** The web's Request refuses some methods that the router is to answer with 405. */
function newRequest(url: URL, method: string, init: RequestInit): Request {
  if (!/^(CONNECT|TRACE|TRACK)$/i.test(method)) return new Request(url, { ...init, method });
  return Object.defineProperty(new Request(url, { headers: init.headers ?? {} }), 'method', { value: method });
}

async function toResult(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  const cookies = response.headers.getSetCookie();
  const isText = /^text\/|[/+]json\b/.test(headers['content-type'] ?? 'text/');
  const body = Buffer.from(await response.arrayBuffer());
  return {
    statusCode: response.status,
    headers,
    ...(cookies.length > 0 ? { cookies } : {}),
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
