import { expected } from '@freezeframe/inference';
import { ImportError } from './import-error.ts';

/** Deeper than any config of a model; what walks a parsed value may then call itself. */
export const MAX_JSON_DEPTH = 200;

/** The largest configs of `keras.applications` are 1 MB; with a graph model's nodes 5 MB. V8 holds about 20 bytes for each. */
export const MAX_JSON_BYTES = 64 * 1024 * 1024;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const REMEDY = 'The file is damaged: export the model again.';

/**
 * Parses JSON from outside. A byte order mark is allowed.
 * @param where for messages: `model.json`
 * @throws ImportError `limit-exceeded` for size or depth, `file-damaged` for what is not JSON in UTF-8
 */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  if (bytes.length > MAX_JSON_BYTES) {
    throw new ImportError('limit-exceeded', expected(`at most ${MAX_JSON_BYTES} bytes`, where, bytes.length));
  }
  refuseDepth(bytes, where);
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    // The engine's message quotes the file; its first line alone is short.
    const reason = cause instanceof SyntaxError ? cause.message.slice(0, 120) : 'it is not UTF-8';
    throw new ImportError('file-damaged', `${where} is not JSON: ${reason}`, { remedy: REMEDY, cause });
  }
}

/** A JSON object from outside. @throws ImportError as `parseJson`, `file-damaged` for anything but an object */
export function parseJsonObject(bytes: Uint8Array, where: string): Record<string, unknown> {
  const value = parseJson(bytes, where);
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ImportError('file-damaged', expected('an object', where, value), { remedy: REMEDY });
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Over the bytes, before anything is built: UTF-8's continuation bytes are never ASCII. */
function refuseDepth(bytes: Uint8Array, where: string): void {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) {
        throw new ImportError('limit-exceeded', expected(`at most ${MAX_JSON_DEPTH} levels`, where, depth));
      }
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
}
