import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { expected, RequestError } from '@freezeframe/inference';
import type * as z from 'zod/mini';
import { MAX_REQUEST_BYTES } from '../../shared/limits.ts';
import { parseJson, validate } from '../../shared/validate.ts';
import { sentBody } from './sent-body.ts';

const DECODERS = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) } as const;

/**
 * What clients declare where nobody told them a type: nothing, what `curl -d`, `fetch` and most libraries say of themselves,
 * SageMaker's word for any picture. The body says more than these do.
 */
const UNTYPED = [
  '',
  '*/*',
  'application/octet-stream',
  'binary/octet-stream',
  'application/x-www-form-urlencoded',
  'application/x-image',
];

/** The declared content type without its parameters, lower case; empty where none is declared. */
export function mediaType(request: Request): string {
  return request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isUntyped(type: string): boolean {
  return UNTYPED.includes(type);
}

/** Declared as JSON, or as nothing in particular and an object: what begins with a brace is no picture. */
export function isJson(type: string, body: Uint8Array = new Uint8Array()): boolean {
  if (/^(application|text)\/([\w.-]+\+)?json$/.test(type)) return true;
  return (isUntyped(type) || type === 'text/plain') && /^\s*\{/.test(new TextDecoder().decode(body.subarray(0, 100)));
}

/** @throws RequestError `media-type-unsupported`. */
export function refuseType(taken: string, type: string, remedy: string): never {
  throw new RequestError('media-type-unsupported', expected(taken, 'content-type', type || undefined), { remedy });
}

/**
 * The whole body, its content encoding (gzip or deflate) undone; what grows above the limit is given up while it grows.
 * @throws RequestError `request-too-large`, `encoding-unsupported`, `request-invalid`.
 */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  checkSize(Number(request.headers.get('content-length') ?? 0));
  const body = await sentBody(request);
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

/**
 * The body as JSON, whatever it is called: neither TensorFlow Serving nor Triton looks at the type, and `curl -d` declares a
 * form. What is no JSON is refused for its type where that says something else.
 * @throws RequestError `media-type-unsupported`, `json-invalid`, `request-invalid`, and as {@link readBytes}.
 */
export async function readJson<T extends z.ZodMiniType>(request: Request, schema: T): Promise<z.output<T>> {
  return parseBody(await readBytes(request), schema, mediaType(request));
}

/** @throws RequestError `media-type-unsupported`, `json-invalid`, `request-invalid`. */
export function parseBody<T extends z.ZodMiniType>(bytes: Uint8Array, schema: T, type: string): z.output<T> {
  return validate(schema, parseText(bytes, type), 'The body');
}

function parseText(bytes: Uint8Array, type: string): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes), 'The body');
  } catch (error) {
    if (isJson(type) || isUntyped(type)) throw error;
    refuseType('application/json', type, 'Send JSON, as in: curl -d @request.json ADDRESS');
  }
}

function checkSize(bytes: number): void {
  if (bytes <= MAX_REQUEST_BYTES) return;
  const received = Number.isFinite(bytes) ? bytes : 'more';
  throw new RequestError('request-too-large', expected(`at most ${MAX_REQUEST_BYTES} bytes`, 'the body', received), {
    remedy: 'Send a smaller picture: models look at a few hundred pixels. POST /uploads takes larger files.',
  });
}
