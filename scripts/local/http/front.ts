import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { expected, RequestError } from '@freezeframe/inference';
import { problemDocument } from '#functions';
import { API_BODY_LIMIT, API_HEADER_LIMIT, REQUEST_PAYLOAD_LIMIT } from '../limits.ts';
import type { Outcome } from '../runtime/environment.ts';
import { readBody } from './body.ts';
import { splitUrl, toEvent } from './event.ts';
import { modelOf } from './model-of.ts';
import { gatewayAnswer, type HttpAnswer, problemAnswer, toAnswer } from './result.ts';

/** Gives one event, as JSON, to a function. */
export type Invoke = (payload: string) => Promise<Outcome>;

/** One request and what it was answered, for whoever watches. */
export interface RequestReport {
  readonly method: string;
  /** Without the query, as the deployed API's log has it. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** `NAME@VERSION`, where the answer says which model gave it. */
  readonly model?: string;
}

/** `GET /classify 200 12 ms gnomes@3` */
export function requestLine({ method, path, status, milliseconds, model = '' }: RequestReport): string {
  return `${method} ${path} ${status} ${milliseconds.toFixed(0)} ms ${model}`.trimEnd();
}

export interface FrontOptions {
  /** Pages of the gateway's own, by path; each is told by what name it was asked for. */
  readonly pages?: Readonly<Record<string, (host: string) => Promise<HttpAnswer>>>;
  readonly onRequest?: (report: RequestReport) => void;
}

/** A sender of headers or of a body has this long. Milliseconds. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
/** So long a refused body may go on after its answer. */
const LINGER = 5_000;

/**
 * The HTTP API: every request becomes an event, and limits and failures answer as they do at API Gateway.
 * @param patience how long a sender's headers and whole request are waited for, in milliseconds; then it is answered 408.
 */
export function createFront(
  invoke: Invoke,
  patience = { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
  { pages = {}, onRequest = () => {} }: FrontOptions = {},
): Server {
  const settings = {
    maxHeaderSize: API_HEADER_LIMIT,
    ...patience,
    connectionsCheckingInterval: Math.min(1_000, patience.headersTimeout),
  };
  const front = createServer(settings, (request, response) => {
    const started = performance.now();
    const { method = 'GET' } = request;
    const [path] = splitUrl(request.url ?? '/');
    const page = method === 'GET' || method === 'HEAD' ? pages[path] : undefined;
    response.on('error', () => {});
    (page ? page(request.headers.host ?? 'localhost') : answer(request, invoke))
      .then((result) => {
        send(request, response, result);
        const model = modelOf(result);
        const milliseconds = performance.now() - started;
        onRequest({ method, path, status: result.status, milliseconds, ...(model ? { model } : {}) });
      })
      // The sender went away in the middle of its body.
      .catch(() => response.destroy());
  });
  // Whoever has said all (`nc -N`, some clients in C) may close that side, and still waits. Node leaves this out of its types.
  return Object.assign(front, { httpAllowHalfOpen: true });
}

/** So long requests that are under way are waited for. Milliseconds. */
const FAREWELL = 1_000;

/** Takes no more requests, and lets those that are under way be answered. */
export async function closeFront(front: Server): Promise<void> {
  const closed = new Promise((resolve) => front.close(resolve));
  // A connection that is kept alive is idle as soon as its answer is sent.
  const sweep = setInterval(() => front.closeIdleConnections(), 20);
  const late = setTimeout(() => front.closeAllConnections(), FAREWELL);
  await closed;
  clearInterval(sweep);
  clearTimeout(late);
}

async function answer(request: IncomingMessage, invoke: Invoke): Promise<HttpAnswer> {
  const body = await readBody(request, API_BODY_LIMIT);
  if (!body) return tooLarge(request, `at most ${API_BODY_LIMIT} bytes`);
  const event = toEvent({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
    sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    protocol: `HTTP/${request.httpVersion}`,
  });
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) > REQUEST_PAYLOAD_LIMIT) {
    return tooLarge(request, `at most ${REQUEST_PAYLOAD_LIMIT} bytes, or three quarters of them if it is no text,`);
  }
  const outcome = await invoke(payload);
  if (outcome.kind === 'response') {
    return toAnswer(outcome.body) ?? gatewayAnswer(500, 'Internal Server Error');
  }
  // An HTTP API says 503 when it has waited long enough and 500 whatever else went wrong in the function; 502 and 504 are
  // the older REST API's words.
  const late = outcome.kind === 'ended' && outcome.ending.reason !== 'exited';
  return late ? gatewayAnswer(503, 'Service Unavailable') : gatewayAnswer(500, 'Internal Server Error');
}

/** On AWS it is `{"message"}`, which the function has no part in; here it may as well say what to do. */
function tooLarge({ url = '/' }: IncomingMessage, what: string): HttpAnswer {
  const error = new RequestError('request-too-large', expected(what, 'the body', 'more'), {
    remedy: 'Send a smaller picture: models look at a few hundred pixels. POST /uploads takes larger files.',
  });
  return problemAnswer(problemDocument(error, splitUrl(url)[0]));
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const bodiless = status === 204 || status === 304;
  const content = bodiless || request.method === 'HEAD' ? undefined : body;
  // The function leaves out the body that HEAD is asked without: its length is not known here, and is not 0.
  const measured = !bodiless && (request.method !== 'HEAD' || body.length > 0);
  const head = { ...headers, ...(measured ? { 'content-length': body.length } : {}) };
  if (request.complete) {
    response.writeHead(status, head).end(content);
    return;
  }
  // A body that nobody read to its end cannot be followed by another request: the connection is closed. Closed at once it would
  // be reset under a sender that is still at it, who then never sees the answer.
  response.shouldKeepAlive = false;
  response.writeHead(status, head);
  if (content) response.write(content);
  else response.flushHeaders();
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER);
  request.once('end', end).once('close', end).resume();
}
