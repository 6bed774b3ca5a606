import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromAwsChunked } from '../../scripts/local/aws/s3.ts';
import { FakeDynamo, Refusal } from './dynamo.ts';
import { LoopbackServer } from './loopback-server.ts';
import { callSqs, type FakeQueue } from './sqs.ts';

/** What goes wrong with a call: refused before anything happened, done and answered with an error, or never answered. */
export type Fault = 'throttle' | 'error-before' | 'error-after' | 'reset-before' | 'reset-after';

/** What an object's GET answers: its bytes, or S3's error. `length` overrides the declared Content-Length. */
export type Stored = Buffer | { status: number; code: string } | { length: number };

export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
  readonly id: string;
}

/** S3, DynamoDB, SQS and EventBridge over HTTP on loopback, as far as the functions and commands use them; the real SDK talks to it. */
export class FakeAws extends LoopbackServer {
  readonly dynamo = new FakeDynamo();
  readonly objects = new Map<string, Stored>();
  readonly queues = new Map<string, FakeQueue>();
  readonly events: BusEvent[] = [];
  /** `service.operation` -> calls. */
  readonly calls = new Map<string, number>();
  /** Rules of the bus. */
  onEvent: (event: BusEvent) => void = () => {};
  /** What goes wrong with a call, if anything. */
  fault: (service: string, operation: string) => Fault | undefined = () => undefined;
  /** More services, by the target's prefix (`AWSStepFunctions`). */
  readonly more = new Map<string, (operation: string, input: Record<string, unknown>) => unknown>();
  /** Regions that were asked, by the signatures of the requests. */
  readonly regions = new Set<string>();
  /** Services that speak forms: CloudFormation. */
  query: (action: string, form: URLSearchParams) => string = () => '';

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const [, region] = /Credential=[^/]+\/\d+\/([\w-]+)\//.exec(request.headers.authorization ?? '') ?? [];
    if (region) this.regions.add(region);
    const target = String(request.headers['x-amz-target'] ?? '');
    const form = String(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    if (form) {
      const fields = new URLSearchParams(body.toString());
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(this.query(fields.get('Action') ?? '', fields));
      return;
    }
    const [service, operation] = target ? (target.split('.') as [string, string]) : ['S3', request.method ?? ''];
    const name = `${service.split('_')[0]}.${operation}`;
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const fault = this.fault(service, operation);
    if (fault === 'throttle')
      return this.#refuse(response, target, new Refusal(throttling(service), target ? 400 : 503));
    if (fault === 'error-before') return this.#refuse(response, target, new Refusal('InternalFailure', 500));
    if (fault === 'reset-before') return void response.destroy();
    const answer = () => (target ? this.#call(service, operation, JSON.parse(body.toString() || '{}')) : undefined);
    if (!target && fault === undefined) return this.#s3(request, response, body);
    try {
      const result = target ? answer() : this.#put(request, body);
      if (fault === 'error-after') return this.#refuse(response, target, new Refusal('InternalFailure', 500));
      if (fault === 'reset-after') return void response.destroy();
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(response, target, error);
    }
  }

  #call(service: string, operation: string, input: Record<string, unknown>): unknown {
    if (service.startsWith('DynamoDB')) return this.dynamo.call(operation, input as never);
    if (service === 'AmazonSQS') return callSqs(this.queues, operation, input);
    if (service === 'AWSEvents') return this.#putEvents(input as { Entries: Record<string, string>[] });
    const other = this.more.get(service);
    if (!other) throw new Refusal('UnknownService');
    return other(operation, input);
  }

  #putEvents({ Entries }: { Entries: Record<string, string>[] }): unknown {
    const taken = Entries.map((entry) => {
      const id = crypto.randomUUID();
      const detail = JSON.parse(entry.Detail ?? '{}') as Record<string, unknown>;
      const event = { id, source: entry.Source ?? '', 'detail-type': entry.DetailType ?? '', detail };
      this.events.push(event);
      this.onEvent(event);
      return { EventId: id };
    });
    return { FailedEntryCount: 0, Entries: taken };
  }

  #s3(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (request.method === 'PUT') {
      const [, key = ''] = /^[^/]*\/(.*)$/s.exec(pathOf(request)) ?? [];
      if (Buffer.byteLength(key) > 1024) {
        this.#refuse(response, '', new Refusal('KeyTooLongError', 400));
        return;
      }
      this.#put(request, body);
      response.end();
      return;
    }
    const stored = this.objects.get(pathOf(request)) ?? { status: 404, code: 'NoSuchKey' };
    const wanted = request.headers['if-match'];
    if (Buffer.isBuffer(stored)) {
      if (wanted && wanted !== `"${eTagOf(stored)}"`)
        this.#refuse(response, '', new Refusal('PreconditionFailed', 412));
      else response.end(stored);
    } else if ('length' in stored) {
      response.writeHead(200, { 'content-length': stored.length });
      // The declared length is never sent: whoever waits for it hangs.
      response.write('x');
    } else this.#refuse(response, '', new Refusal(stored.code, stored.status));
  }

  #put(request: IncomingMessage, body: Buffer): void {
    if (request.method !== 'PUT') return;
    const chunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
    this.objects.set(pathOf(request), (chunked ? fromAwsChunked(body) : body) ?? Buffer.alloc(0));
  }

  #refuse(response: ServerResponse, target: string, { name, status, more }: Refusal): void {
    if (target) {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name });
      response.end(JSON.stringify({ __type: name, message: name, ...more }));
    } else {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${name}</Code><Message>${name}</Message></Error>`);
    }
  }
}

function throttling(service: string): string {
  if (service === 'S3') return 'SlowDown';
  return service.startsWith('DynamoDB') ? 'ProvisionedThroughputExceededException' : 'ThrottlingException';
}

/** As S3 does it for objects that were put in one piece, without quotation marks. */
export function eTagOf(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** `bucket/key`. */
function pathOf(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '/').split('?');
  return decodeURIComponent(path.slice(1));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
