/** A key in an address would be in every log on the way: it is told, not taken. */
const IN_QUERY = /[=&?]ff_[a-z0-9]/;

/** What a request shows: `Authorization: Bearer ff_...`, or `x-api-key: ff_...` where a client can only send that. */
export function presentedKey(headers: Headers): string | undefined {
  const [, token] = /^bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? [];
  return token ?? headers.get('x-api-key')?.trim() ?? undefined;
}

export function hasKeyInQuery(url: string): boolean {
  return IN_QUERY.test(url);
}
