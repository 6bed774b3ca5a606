import type { Context } from 'hono';

/** Which model an answer is of, for protocols whose answers do not say. */
export const ANSWERED_BY = 'x-freezeframe-model';

/** Says so. A tag may have moved between two requests. */
export function answeredBy(context: Context, { name, version }: { name: string; version: string }): void {
  context.header(ANSWERED_BY, `${name}@${version}`);
}
