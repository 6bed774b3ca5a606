import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { expected, RequestError } from '@freezeframe/inference';
import type { z } from 'zod';
import { MAX_REQUEST_BYTES } from '../../shared/limits.ts';
import { parseJson, validate } from '../../shared/validate.ts';

const DECODERS = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) } as const;

/** The declared content type without its parameters, lower case; empty where none is declared. */
export function mediaType(request: Request): string {
  return request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJson(type: string): boolean {
  return type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
}

/** @throws RequestError `media-type-unsupported`. */
export function refuseType(taken: string, type: string): never {
  throw new RequestError('media-type-unsupported', expected(taken, 'content-type', type || undefined), {
    remedy: 'Name the type, as in: curl --data-binary @picture.jpg -H "content-type: image/jpeg" .../classify',
  });
}

/**
 * The whole body, its content encoding (gzip or deflate) undone; what grows above the limit is given up while it grows.
 * @throws RequestError `request-too-large`, `encoding-unsupported`, `request-invalid`.
 */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  checkSize(Number(request.headers.get('content-length') ?? 0));
  const body = new Uint8Array(await request.arrayBuffer());
  checkSize(body.byteLength);
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return body;
  if (!Object.hasOwn(DECODERS, encoding)) {
    throw new RequestError('encoding-unsupported', expected('gzip or deflate', 'content-encoding', encoding));
  }
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  const decoded = await decode(body, { maxOutputLength: MAX_REQUEST_BYTES }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_BUFFER_TOO_LARGE') checkSize(Number.POSITIVE_INFINITY);
    throw new RequestError('request-invalid', `The body is not valid ${encoding}`, { cause });
  });
  return new Uint8Array(decoded);
}

/** @throws RequestError `media-type-unsupported`, `json-invalid`, `request-invalid`, and as {@link readBytes}. */
export async function readJson<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const type = mediaType(request);
  if (!isJson(type)) refuseType('application/json', type);
  return parseBody(await readBytes(request), schema);
}

/** @throws RequestError `json-invalid`, `request-invalid`. */
export function parseBody<T extends z.ZodType>(bytes: Uint8Array, schema: T): z.output<T> {
  return validate(schema, parseJson(new TextDecoder().decode(bytes), 'The body'), 'The body');
}

function checkSize(bytes: number): void {
  if (bytes <= MAX_REQUEST_BYTES) return;
  const received = Number.isFinite(bytes) ? bytes : 'more';
  throw new RequestError('request-too-large', expected(`at most ${MAX_REQUEST_BYTES} bytes`, 'the body', received), {
    remedy: 'Send a smaller picture: models look at a few hundred pixels. POST /uploads takes larger files.',
  });
}
