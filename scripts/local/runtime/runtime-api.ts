import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/body.ts';
import { type Loopback, startLoopback } from '../http/loopback.ts';
import { RESPONSE_PAYLOAD_LIMIT } from '../limits.ts';

const PREFIX = '/2018-06-01/runtime/';

/** One event on its way to a runtime. */
export interface Invocation {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceId: string;
}

/** What a runtime said to an event. */
export type Answer =
  | { readonly kind: 'response'; readonly body: Buffer }
  | { readonly kind: 'error'; readonly type: string; readonly message: string };

/**
 * Lambda's Runtime API for one execution environment (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), on a
 * loopback port of its own: a runtime is known by the port that it was given.
 */
export class RuntimeApi {
  #loopback: Loopback | undefined;
  #waiting: ServerResponse | undefined;
  #invocation: Invocation | undefined;
  #settle: ((answer: Answer) => void) | undefined;
  readonly #asked: (() => void)[] = [];
  #initialised: (error?: Error) => void = () => {};
  /** Settles when the runtime asks for its first event, or rejects with what it reported instead. */
  readonly ready: Promise<void>;

  private constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.#initialised = (error) => (error ? reject(error) : resolve());
    });
    this.ready.catch(() => {});
  }

  static async listen(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    api.#loopback = await startLoopback((request, response) => {
      api.#route(request, response).catch(() => response.destroy());
    });
    return api;
  }

  /** `127.0.0.1:PORT`, as `AWS_LAMBDA_RUNTIME_API` wants it. */
  get address(): string {
    return this.#loopback?.address ?? '';
  }

  /** Hands over one event; one at a time. Never settles if the runtime dies: whoever started it watches for that. */
  invoke(invocation: Invocation): Promise<Answer> {
    if (this.#invocation) throw new Error('the runtime is still busy with an event');
    this.#invocation = invocation;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#deliver();
    });
  }

  /** Resolves when the runtime asks for its next event. */
  idle(): Promise<void> {
    return this.#waiting ? Promise.resolve() : new Promise((resolve) => this.#asked.push(resolve));
  }

  close(): void {
    this.#loopback?.close();
  }

  #deliver(): void {
    const response = this.#waiting;
    const invocation = this.#invocation;
    if (!response || !invocation) return;
    this.#waiting = undefined;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(invocation.payload),
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadline),
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': invocation.traceId,
    });
    response.end(invocation.payload);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      response.once('close', () => {
        if (this.#waiting === response) this.#waiting = undefined;
      });
      this.#initialised();
      for (const resolve of this.#asked.splice(0)) resolve();
      return this.#deliver();
    }
    const body = await readBody(request, RESPONSE_PAYLOAD_LIMIT);
    const [, requestId, verb] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method !== 'POST' || !(verb || path === 'init/error')) return fail(response, 404, 'NotFound');
    if (path === 'init/error') {
      const { type, message } = readError(request, body ?? Buffer.alloc(0));
      this.#initialised(new Error(`${type}: ${message}`));
      return accept(response);
    }
    if (requestId !== this.#invocation?.requestId) return fail(response, 400, 'InvalidRequestID');
    const settle = this.#settle;
    this.#invocation = undefined;
    this.#settle = undefined;
    if (!body) {
      settle?.({
        kind: 'error',
        type: 'Function.ResponseSizeTooLarge',
        message: `Response payload size exceeded maximum allowed payload size (${RESPONSE_PAYLOAD_LIMIT} bytes).`,
      });
      return fail(response, 413, 'RequestEntityTooLarge');
    }
    accept(response);
    settle?.(verb === 'response' ? { kind: 'response', body } : { kind: 'error', ...readError(request, body) });
  }
}

function readError(request: IncomingMessage, body: Buffer): { type: string; message: string } {
  const header = String(request.headers['lambda-runtime-function-error-type'] ?? 'Unhandled');
  try {
    const { errorType, errorMessage } = JSON.parse(body.toString()) as Record<string, unknown>;
    return { type: String(errorType ?? header), message: String(errorMessage ?? '') };
  } catch {
    return { type: header, message: body.toString().slice(0, 1000) };
  }
}

function accept(response: ServerResponse): void {
  reply(response, 202, '{"status":"OK"}');
}

function fail(response: ServerResponse, status: number, errorType: string): void {
  reply(response, status, JSON.stringify({ errorType, errorMessage: errorType }));
}

function reply(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': json.length }).end(json);
}
