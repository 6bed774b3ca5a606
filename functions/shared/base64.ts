import * as z from 'zod/mini';

const DATA_URL = /^data:[^,]{0,200};base64,/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Bytes from base64 text, standard or URL-safe alphabet; a `data:` URL's prefix and line breaks are tolerated, anything
 * else that is not base64 is not (Node's decoder would skip it, and answer from half a picture).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const start = text.startsWith('data:') ? (DATA_URL.exec(text)?.[0].length ?? -1) : 0;
  if (start < 0) return undefined;
  let encoded = start === 0 ? text : text.slice(start);
  if (/\s/.test(encoded)) encoded = encoded.replaceAll(/[ \t\r\n]+/g, '');
  if (!BASE64.test(encoded)) return undefined;
  // Padding fills a group of four; without it, one character over would hold six bits, which is no byte.
  if (encoded.length % 4 === 1 || (encoded.endsWith('=') && encoded.length % 4 !== 0)) return undefined;
  return Buffer.from(encoded, 'base64');
}

/** A picture in JSON. */
export const base64Bytes = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const bytes = decodeBase64(text);
    if (bytes) return bytes;
    context.issues.push({ code: 'custom', input: text, message: 'expected base64' });
    return z.NEVER;
  }),
);
