import type { Problem } from '@freezeframe/inference';
import { HOP_BY_HOP } from './event.ts';

/** What is written back to the client. */
export interface HttpAnswer {
  readonly status: number;
  /** `set-cookie` may come several times. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * What an HTTP API makes of a function's result, payload format 2.0: an object with a `statusCode` is a response; anything
 * else is the body of a 200, as JSON unless it is a string.
 * @param text the function's JSON. @returns undefined for a result that an HTTP API answers with 500.
 */
export function toAnswer(text: Buffer): HttpAnswer | undefined {
  let result: unknown;
  try {
    result = JSON.parse(text.toString());
  } catch {
    return undefined;
  }
  if (!isRecord(result) || result.statusCode === undefined) {
    const body = Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { statusCode, body = '', cookies, isBase64Encoded } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (typeof body !== 'string') return undefined;
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(isRecord(result.headers) ? result.headers : {})) {
    const lower = name.toLowerCase();
    if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
    if (lower === 'content-length' || HOP_BY_HOP.includes(lower)) continue;
    headers[lower] = String(value);
  }
  if (Array.isArray(cookies) && cookies.length > 0) headers['set-cookie'] = cookies.map(String);
  return { status, headers, body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') };
}

/** What an HTTP API says itself: `{"message": ...}`. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/** An error in the words of the API itself. */
export function problemAnswer(problem: Problem): HttpAnswer {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: Buffer.from(JSON.stringify(problem)),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
