import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FreezeframeError } from '@freezeframe/inference';
import type { Outcome } from '../runtime/environment.ts';
import { readBase64 } from './base64-body.ts';
import { readBody } from './body.ts';
import { type HttpRequest, maybeText, toEvent } from './event.ts';
import { EventMemory } from './event-memory.ts';
import { API_BODY_LIMIT, API_HEADER_LIMIT, REQUEST_PAYLOAD_LIMIT } from './limits.ts';
import { gatewayAnswer, type HttpAnswer, toAnswer } from './result.ts';

/** Gives one event to a function. */
export type Invoke = (payload: readonly Uint8Array[]) => Promise<Outcome>;

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
): Server {
  const settings = {
    maxHeaderSize: API_HEADER_LIMIT,
    ...patience,
    connectionsCheckingInterval: Math.min(1_000, patience.headersTimeout),
  };
  const memory = new EventMemory();
  return createServer(settings, (request, response) => {
    response.on('error', () => {});
    answer(request, invoke, memory)
      .then((result) => send(request, response, result))
      // The sender went away in the middle of its body.
      .catch(() => response.destroy());
  });
}

/** @throws FreezeframeError `port-in-use`, `port-refused` */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    const remedy = `Choose another one: PORT=${port + 1} npm start, or freezeframe dev --port ${port + 1}.`;
    if (error.code === 'EADDRINUSE') {
      throw new FreezeframeError('port-in-use', `Port ${port} on ${host} is taken by another program.`, { remedy });
    }
    if (error.code === 'EACCES') {
      throw new FreezeframeError('port-refused', `This user may not listen on port ${port}.`, {
        remedy: 'Choose one from 1024 on.',
      });
    }
    throw error;
  });
}

async function answer(request: IncomingMessage, invoke: Invoke, memory: EventMemory): Promise<HttpAnswer> {
  if (maybeText(request.headers)) return answerBody(request, await readBody(request, API_BODY_LIMIT), invoke);
  const room = memory.take(Number(request.headers['content-length']));
  try {
    return await answerBody(request, await readBase64(request, API_BODY_LIMIT, room), invoke);
  } finally {
    // With its outcome the function has read the event, or nobody does any more.
    memory.giveBack(room);
  }
}

async function answerBody(
  request: IncomingMessage,
  body: HttpRequest['body'] | undefined,
  invoke: Invoke,
): Promise<HttpAnswer> {
  if (!body) return gatewayAnswer(413, 'Request Entity Too Large');
  const payload = toEvent({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
    sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    protocol: `HTTP/${request.httpVersion}`,
  });
  const size = payload.reduce((sum, piece) => sum + piece.length, 0);
  if (size > REQUEST_PAYLOAD_LIMIT) return gatewayAnswer(413, 'Request Entity Too Large');
  const outcome = await invoke(payload);
  if (outcome.kind === 'response') {
    return toAnswer(outcome.body) ?? gatewayAnswer(500, 'Internal Server Error');
  }
  // An HTTP API says 503 when it has waited long enough and 500 whatever else went wrong in the function; 502 and 504 are
  // the older REST API's words.
  const late = outcome.kind === 'ended' && outcome.ending.reason !== 'exited';
  return late ? gatewayAnswer(503, 'Service Unavailable') : gatewayAnswer(500, 'Internal Server Error');
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const bodiless = status === 204 || status === 304;
  const content = bodiless || request.method === 'HEAD' ? undefined : body;
  const head = { ...headers, ...(bodiless ? {} : { 'content-length': body.length }) };
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
