import { createHash } from 'node:crypto';
import type { Context } from 'hono';

/**
 * Answers a document that may be kept but is asked for again each time (`no-cache`): a 304 where the caller has it
 * already. It is `private` where only some may read it.
 */
export function cacheable(
  context: Context,
  body: string,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const kept = { etag, 'cache-control': 'private, no-cache', ...headers };
  if (matches(context.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers: kept });
  return new Response(body, { headers: { 'content-type': type, ...kept } });
}

/** Weakly, as https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 wants it: proxies make an ETag weak when they compress. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
