import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromAwsChunked } from '../../scripts/local/aws/s3.ts';
import { LoopbackServer } from './loopback-server.ts';

interface Stored {
  readonly bytes: Buffer;
  readonly eTag: string;
  written: Date;
}

interface Parts {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
  begun: Date;
}

class Refused extends Error {
  readonly status: number;
  constructor(name: string, status: number) {
    super(name);
    this.name = name;
    this.status = status;
  }
}

/**
 * S3 in memory, as far as a store of models uses it: conditional writes, ranges, parts, listings. That it answers as
 * MiniStack does is a test: test/aws/s3-server.e2e.test.ts.
 */
export class S3Server extends LoopbackServer {
  /** `bucket/key`. */
  readonly objects = new Map<string, Stored>();
  readonly buckets = new Set<string>();
  readonly uploads = new Map<string, Parts>();
  /** `GET /bucket/key`, as they came. */
  readonly requests: string[] = [];
  /** Called before a request is served; what it throws is answered, what it answers is waited for. */
  before: (request: IncomingMessage) => void | Promise<void> = () => {};
  /** Called after a request was served, before it is answered: false breaks the connection off. */
  after: (request: IncomingMessage) => boolean = () => true;
  /** Where the buckets are; requests that are signed for another region are sent there. */
  region: string | undefined;
  /** Whether conditions of writes are looked at. */
  conditional = true;

  /** For `before`: an error as S3 answers it. */
  static refusal(name: string, status: number): Error {
    return new Refused(name, status);
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const chunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
    const body = (chunked ? fromAwsChunked(raw) : raw) ?? Buffer.alloc(0);
    const url = new URL(request.url ?? '/', 'http://s3');
    const path = decodeURIComponent(url.pathname.slice(1)).replace(/^([^/]+)\/$/, '$1');
    this.requests.push(`${request.method} /${path}`);
    try {
      await this.before(request);
      const [, signedFor] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
      if (this.region && signedFor !== this.region) {
        response.setHeader('x-amz-bucket-region', this.region);
        throw new Refused('PermanentRedirect', 301);
      }
      const [bucket = ''] = path.split('/');
      if (request.method === 'PUT' && path === bucket) this.buckets.add(bucket);
      if (!this.buckets.has(bucket)) throw new Refused('NoSuchBucket', 404);
      const answer = this.#answer(request, url.searchParams, path, body);
      if (!this.after(request)) return void response.destroy();
      response.writeHead(answer.status ?? 200, answer.headers);
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      response.writeHead(error.status, { 'content-type': 'application/xml' });
      response.end(
        error.status === 304 ? '' : `<Error><Code>${error.name}</Code><Message>${error.name}</Message></Error>`,
      );
    }
  }

  #answer(request: IncomingMessage, query: URLSearchParams, path: string, body: Buffer): Answer {
    const { method, headers } = request;
    const [bucket = ''] = path.split('/');
    const upload = query.get('uploadId');
    if (method === 'GET' && query.get('list-type') === '2') return this.#list(bucket, query);
    if (method === 'GET' && query.has('uploads')) return this.#listUploads(bucket, query);
    if (method === 'POST' && query.has('uploads')) return this.#begin(path);
    if (upload) return this.#part(path, upload, request, Number(query.get('partNumber')), body);
    if (method === 'PUT') return path === bucket ? {} : this.#put(path, body, headers);
    if (method === 'DELETE') {
      this.objects.delete(path);
      return { status: 204 };
    }
    return this.#get(path, headers);
  }

  #get(path: string, headers: IncomingMessage['headers']): Answer {
    const found = this.objects.get(path);
    if (!found) throw new Refused('NoSuchKey', 404);
    if (headers['if-match'] && headers['if-match'] !== found.eTag) throw new Refused('PreconditionFailed', 412);
    if (headers['if-none-match'] === found.eTag) throw new Refused('NotModified', 304);
    const common = { etag: found.eTag, 'last-modified': found.written.toUTCString() };
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) return { body: found.bytes, headers: { ...common, 'content-length': found.bytes.length } };
    const [first, last] = [Number(from), Math.min(to ? Number(to) : Number.MAX_SAFE_INTEGER, found.bytes.length - 1)];
    if (first > last) throw new Refused('InvalidRange', 416);
    const bytes = found.bytes.subarray(first, last + 1);
    const range = `bytes ${first}-${last}/${found.bytes.length}`;
    return { status: 206, body: bytes, headers: { ...common, 'content-range': range, 'content-length': bytes.length } };
  }

  #put(path: string, bytes: Buffer, headers: IncomingMessage['headers'], suffix = ''): Answer {
    const there = this.objects.get(path);
    if (this.conditional) {
      if (headers['if-none-match'] === '*' && there) throw new Refused('PreconditionFailed', 412);
      if (headers['if-match'] && !there) throw new Refused('NoSuchKey', 404);
      if (headers['if-match'] && headers['if-match'] !== there?.eTag) throw new Refused('PreconditionFailed', 412);
    }
    const eTag = `"${createHash('md5').update(bytes).digest('hex')}${suffix}"`;
    this.objects.set(path, { bytes, eTag, written: new Date() });
    return { headers: { etag: eTag } };
  }

  #begin(key: string): Answer {
    const id = crypto.randomUUID();
    this.uploads.set(id, { key, parts: new Map(), begun: new Date() });
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  #part(path: string, id: string, { method, headers }: IncomingMessage, number: number, body: Buffer): Answer {
    const upload = this.uploads.get(id);
    if (upload?.key !== path) throw new Refused('NoSuchUpload', 404);
    if (method === 'PUT') {
      upload.parts.set(number, body);
      return { headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` } };
    }
    this.uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const numbers = [...String(body).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, text]) => Number(text));
    const parts = numbers.map((one) => upload.parts.get(one));
    if (parts.length === 0 || parts.some((part) => part === undefined)) throw new Refused('InvalidPart', 400);
    this.#put(path, Buffer.concat(parts as Buffer[]), headers, `-${parts.length}`);
    return xml(
      `<CompleteMultipartUploadResult><ETag>${this.objects.get(path)?.eTag}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  #list(bucket: string, query: URLSearchParams): Answer {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
    const after = query.get('continuation-token') ?? '';
    const most = Number(query.get('max-keys') ?? 1000);
    const entries = new Map<string, string>();
    for (const [path, { bytes, eTag, written }] of this.objects) {
      const key = path.slice(bucket.length + 1);
      if (!path.startsWith(`${bucket}/${prefix}`)) continue;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (end >= 0) {
        const folder = key.slice(0, end + 1);
        entries.set(folder, `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
      } else {
        const about = `<LastModified>${written.toISOString()}</LastModified><Size>${bytes.length}</Size><ETag>${eTag}</ETag>`;
        entries.set(key, `<Contents><Key>${key}</Key>${about}</Contents>`);
      }
    }
    const keys = [...entries.keys()].filter((key) => key > after).sort();
    const shown = keys.slice(0, most);
    const more = keys.length > most ? `<NextContinuationToken>${shown.at(-1)}</NextContinuationToken>` : '';
    const truncated = `<IsTruncated>${keys.length > most}</IsTruncated>${more}`;
    return xml(`<ListBucketResult>${truncated}${shown.map((key) => entries.get(key)).join('')}</ListBucketResult>`);
  }

  #listUploads(bucket: string, query: URLSearchParams): Answer {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const there = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix));
    const text = there.map(([id, { key, begun }]) => {
      const name = key.slice(bucket.length + 1);
      return `<Upload><Key>${name}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`;
    });
    return xml(
      `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${text.join('')}</ListMultipartUploadsResult>`,
    );
  }
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string | number>;
  readonly body?: Buffer | string;
}

function xml(body: string): Answer {
  return { body, headers: { 'content-type': 'application/xml' } };
}
