import { RequestError } from '@freezeframe/inference';
import type { z } from 'zod';

/**
 * Checks `value` against `schema`.
 * @param where what the value is called in the message: "the query", "the event".
 * @throws RequestError `request-invalid`, its details listing each field that is wrong.
 */
export function validate<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 8).map(({ path, message }) => ({ field: path.join('.'), message }));
  const said = issues.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
  throw new RequestError('request-invalid', `${where} is not as expected: ${said}`, { details: { issues } });
}

/** Reads JSON text. @throws RequestError `json-invalid`. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestError('json-invalid', `${where} is not valid JSON`, { cause });
  }
}
