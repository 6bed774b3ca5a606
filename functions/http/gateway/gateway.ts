import { expected, FreezeframeError, RequestError } from '@freezeframe/inference';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { decodeBase64 } from '../../shared/base64.ts';
import { fieldsOf, isRecord } from '../../shared/record.ts';
import { keepBody } from '../body/sent-body.ts';
import { problemResponse } from '../responses/problem.ts';
import { refuseAnswer, resultBytes } from '../responses/too-large.ts';
import { methodsAt } from '../route.ts';
import { ROUTES } from '../routes/index.ts';
import { splitBase } from './base-path.ts';
import { type EventFormat, FORMATS, type GatewayEvent, type GatewayResult } from './formats.ts';

/** What the app may want to know besides the request. */
interface Bindings {
  /** The event that the request was made of: its `requestContext` holds what an authorizer found. Absent in tests. */
  event?: GatewayEvent;
  /** What stood before the path: `/prod`. */
  base?: string;
}

/** Anything that answers a web request, and reads its body with `sentBody`: a Hono app. */
interface WebApp {
  fetch(request: Request, environment?: Bindings): Response | Promise<Response>;
}

/** What Hono's context carries here. */
export interface HttpEnvironment {
  Bindings: Bindings;
}

/** The app needs an origin to make a URL of a path; nothing reads it, and the `host` header is the caller's to choose. */
const ORIGIN = 'https://function.internal';

/**
 * Makes a Lambda handler for requests that come by API Gateway (payload format 2.0 or 1.0), a function URL or a load
 * balancer of a web app; each is answered in its own format. An event's body is taken out of it.
 *
 * Hono has an adapter too, which is deprecated. It decodes base64 byte by byte, 25 ms for a 4.5 MB picture where Node's
 * decoder takes 2, and answers a GET that has a body with plain text. The tests hold this one against it.
 */
export function toHandler(
  app: WebApp,
  isRoute = (path: string) => methodsAt(ROUTES, path).length > 0,
): (event: unknown) => Promise<GatewayResult> {
  return async (event) => {
    const format = isRecord(event) ? FORMATS.find(({ recognises }) => recognises(event)) : undefined;
    if (!format || !isRecord(event)) return toResult(refuseEvent(event));
    const { response, path } = await respond(app, event, format, isRoute);
    const result = format.write(await toResult(response), event);
    const bytes = resultBytes(result, format.most);
    if (bytes <= format.most) return result;
    return format.write(await toResult(refuseAnswer(response.headers, bytes, format.most, path)), event);
  };
}

async function respond(
  app: WebApp,
  sent: Parameters<EventFormat['read']>[0],
  { read }: EventFormat,
  isRoute: (path: string) => boolean,
): Promise<{ response: Response; path: string }> {
  let request: Request;
  const { body, ...event } = read(sent);
  // The body is megabytes of text, and Lambda's client holds the event until the next one comes.
  Reflect.deleteProperty(sent, 'body');
  const { path, base } = splitBase(event.rawPath, event.requestContext.stage, isRoute);
  try {
    request = toRequest({ ...event, rawPath: path, body: body ?? null });
  } catch (cause) {
    const error = new RequestError('request-malformed', 'The request cannot be read', { cause });
    return { response: problemResponse(error), path };
  }
  return { response: await app.fetch(request, { event, base }), path };
}

/** Nobody sent this over HTTP: whoever set up what calls the function reads the reason in its log. */
function refuseEvent(event: unknown): Response {
  const { version, source } = fieldsOf(event);
  const names = isRecord(event) ? Object.keys(event) : event;
  const formats = 'API Gateway (payload format 2.0 or 1.0), a function URL or a load balancer';
  return problemResponse(
    new FreezeframeError('internal', expected(`a request of ${formats}`, 'the event', names), {
      remedy: 'Call the function classify for anything but HTTP requests.',
      details: { version, source },
    }),
  );
}

function toRequest(event: GatewayEvent): Request {
  const url = new URL(ORIGIN);
  url.pathname = event.rawPath;
  url.search = event.rawQueryString;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, latin1(value));
  if (event.cookies?.length) headers.set('cookie', event.cookies.join('; '));
  // Upper case as all methods are: the router finds them in an object, which has `constructor` and the like from birth.
  const method = event.requestContext.http.method.toUpperCase();
  // A GET may carry a body on the wire, but not in the web's Request: it means nothing, so it is left out.
  if (!event.body || method === 'GET' || method === 'HEAD') return newRequest(url, method, { headers });
  const body = event.isBase64Encoded ? bytesOf(event.body) : Buffer.from(event.body, 'utf8');
  headers.set('content-length', String(body.byteLength));
  return keepBody(newRequest(url, method, { headers }), body);
}

/** Node's decoder leaves out what is no base64, and a picture would be answered without it. @throws Error */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(base64, 'base64');
  if (base64.length % 4 === 0 && bytes.length === Buffer.byteLength(base64, 'base64')) return bytes;
  const tolerant = decodeBase64(base64);
  if (tolerant) return new Uint8Array(tolerant);
  throw new Error(expected('base64', 'the body', base64));
}

/** Headers are bytes, and the web's hold no more than one in a character: others are their UTF-8, as on the wire. */
function latin1(value: unknown): string {
  const text = String(value);
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
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
