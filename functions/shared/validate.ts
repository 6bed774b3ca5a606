import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { isRecord, type JsonObject } from './record.ts';

/** What a message shows of a field's name, and of what is wrong with it: both may hold what was sent. Characters. */
const SHOWN = { field: 80, message: 200 } as const;

/**
 * Checks `value` against `schema`.
 * @param where what the value is called in the message: "the query", "the event".
 * @throws RequestError `request-invalid`, its details listing each field that is wrong.
 */
export function validate<T extends z.ZodMiniType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 8).map(({ path, message }) => ({
    field: shorten(path.join('.'), SHOWN.field),
    message: shorten(message, SHOWN.message),
  }));
  const said = issues.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
  throw new RequestError('request-invalid', `${where} is not as expected: ${said}`, { details: { issues } });
}

/** Text that a sender chose the length of, as it may be repeated. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Reads JSON text. @throws RequestError `json-invalid`. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestError('json-invalid', `${where} is not valid JSON`, { cause });
  }
}

/**
 * A list of any length whose items are all of a kind. It ends at the first that is not: `z.array` notes each of them, and three
 * million, which fit into a request, took 16 s and 2 GB. Nor does it copy.
 */
function longList<T>(isItem: (item: unknown) => item is T, type: 'array' | 'object') {
  const isList = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isItem);
  return z
    .custom<readonly T[]>(isList, `expected a list of ${type}s, and at least one`)
    .check(z.meta({ type: 'array', minItems: 1, items: { type } }));
}

export const rowList = () => longList((item): item is unknown[] => Array.isArray(item), 'array');
export const recordList = () => longList<JsonObject>(isRecord, 'object');
