import { createHash, createHmac, randomBytes } from 'node:crypto';
import { changeItem, readItem } from '../dynamo.ts';
import { KEPT_SECONDS } from './results-table.ts';

/** Characters of base64url that are kept of a digest: 132 bits. */
const LENGTH = 22;

/** The row of the secrets table that ids of results are made with. */
const ROW = 'result-ids';

interface Secret {
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

const secrets = new Map<string, Promise<Secret>>();

/**
 * Under which id the result of an object is found: the same for every version and every notification of it. Whoever knows an
 * id may read the result, so nobody can compute one from bucket and key: it is made with a secret that the first function
 * that needs it makes, and that never leaves the stack. Without `SECRETS_TABLE` (no stack) it is the plain digest.
 */
export async function resultId(bucket: string, key: string): Promise<string> {
  const { SECRETS_TABLE: table } = process.env;
  if (!table) return earlierResultId(bucket, key);
  const { secret } = await secretOf(table);
  return shorten(createHmac('sha256', secret).update(`${bucket}\n${key}`).digest());
}

/** The id that an object had before there was a secret. */
export function earlierResultId(bucket: string, key: string): string {
  return shorten(createHash('sha256').update(`${bucket}\n${key}`).digest());
}

/** Whether rows from before there was a secret may still be kept. */
export async function mayHaveEarlierRows(now = Date.now()): Promise<boolean> {
  const { SECRETS_TABLE: table } = process.env;
  return table !== undefined && (await secretOf(table)).since + KEPT_SECONDS * 1000 > now;
}

function secretOf(table: string): Promise<Secret> {
  const known = secrets.get(table) ?? readOrMake(table);
  secrets.set(table, known);
  known.catch(() => secrets.delete(table));
  return known;
}

/** One of those who ask at the same time makes it; all get the same. */
async function readOrMake(table: string): Promise<Secret> {
  const set = { secret: randomBytes(32).toString('base64url'), since: Date.now() };
  const found =
    (await readItem<Secret>(table, ROW)) ??
    (await changeItem<Secret>(table, ROW, { set, where: 'attribute_not_exists(#id)', values: {} })) ??
    (await readItem<Secret>(table, ROW));
  if (found) return found;
  throw new Error('The secret of the ids of results was removed while it was read');
}

function shorten(digest: Buffer): string {
  return digest.toString('base64url').slice(0, LENGTH);
}
