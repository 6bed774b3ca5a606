import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder, replaceFile } from '#system';
import { readBody } from '../http/body.ts';
import { startLoopback } from '../http/loopback.ts';

/** Far above any picture; an upload of a result is a few hundred bytes. */
const OBJECT_LIMIT = 256 * 1024 * 1024;

/** A little of S3 for one machine: buckets are folders, keys are paths in them. */
export interface LoopbackS3 {
  /** `http://127.0.0.1:PORT`, as `AWS_ENDPOINT_URL_S3` wants it; an address makes clients put the bucket in the path. */
  readonly endpoint: string;
  close(): void;
}

/** GetObject, HeadObject and PutObject for `buckets` (name -> folder), without credentials, on a loopback port. */
export async function startS3(buckets: Readonly<Record<string, string>>): Promise<LoopbackS3> {
  for (const folder of Object.values(buckets)) await makeFolder(folder);
  const { address, close } = await startLoopback((request, response) => {
    route(buckets, request, response).catch((error: NodeJS.ErrnoException) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      if (error.code === 'ENAMETOOLONG') return refuse(request, response, 400, 'KeyTooLongError');
      return refuse(request, response, 500, 'InternalError');
    });
  });
  return { endpoint: `http://${address}`, close };
}

async function route(
  buckets: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, bucket = '', key = ''] = /^\/([^/?]+)\/([^?]+)/.exec(request.url ?? '') ?? [];
  const folder = Object.hasOwn(buckets, bucket) ? buckets[bucket] : undefined;
  if (!folder) return refuse(request, response, 404, 'NoSuchBucket');
  const file = await locate(folder, key);
  if (!file) return refuse(request, response, 400, 'InvalidArgument');
  if (request.method === 'PUT') return put(file, request, response);
  if (request.method === 'GET' || request.method === 'HEAD') return get(file, request, response);
  return refuse(request, response, 405, 'MethodNotAllowed');
}

/** The file of a (percent-encoded) key; undefined for a key that would lead out of the folder, through links included. */
async function locate(folder: string, encoded: string): Promise<string | undefined> {
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  const parts = key.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\\]/.test(part))) return undefined;
  const root = await realpath(folder);
  const file = resolve(root, ...parts);
  // What does not exist yet has a parent that does, the folder itself at the latest.
  for (let known = file; ; known = dirname(known)) {
    const real = await realpath(known).catch(() => undefined);
    if (real !== undefined) return real === root || real.startsWith(root + sep) ? file : undefined;
  }
}

async function get(file: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return refuse(request, response, 404, 'NoSuchKey');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': found.size,
    'last-modified': found.mtime.toUTCString(),
    etag: `"${found.size.toString(16)}-${Math.floor(found.mtimeMs).toString(16)}"`,
    'accept-ranges': 'none',
    'x-amz-request-id': randomUUID(),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

async function put(file: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = await readBody(request, OBJECT_LIMIT);
  if (!sent) return refuse(request, response, 400, 'EntityTooLarge');
  const streaming = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
  const body = streaming ? fromAwsChunked(sent) : sent;
  if (!body) return refuse(request, response, 400, 'IncompleteBody');
  // Watchers of the folder see a whole file or none.
  await replaceFile(file, body);
  response.writeHead(200, {
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    'x-amz-request-id': randomUUID(),
  });
  response.end();
}

/**
 * The SDK sends streams in chunks of its own (`SIZE;chunk-signature=...\r\nBYTES\r\n`, ended by a chunk of size 0 and
 * trailers): https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function fromAwsChunked(sent: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = sent.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(sent.toString('latin1', at, end), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (!(size > 0) || end + 2 + size > sent.length) return undefined;
    chunks.push(sent.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  if (!request.complete) response.shouldKeepAlive = false;
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
