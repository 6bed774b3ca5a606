/** What a JSON object is once it is read: its values may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of what may be an object; none of what is not. */
export function fieldsOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}
