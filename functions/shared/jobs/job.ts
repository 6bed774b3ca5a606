import { createHash } from 'node:crypto';
import type { Options } from '../options.ts';
import type { S3Object } from '../s3.ts';

/** One picture in S3 whose result is to be kept and announced. */
export interface Job {
  readonly object: S3Object;
  readonly options: Options;
  /** What else its request held: an order's number, say. Nothing here reads it; the event hands it back. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** S3's place of this version among all of the same key: see `sequenceOf`. A job that somebody asked for has none. */
  readonly sequencer?: string;
  /**
   * What is done once: the same for every notification and every delivery of one version, another for the next version.
   */
  readonly revision: string;
}

type Asked = Pick<Job, 'object' | 'request'> & { options?: Options; sequencer?: string | undefined };

/**
 * @param messageId names a job that is of no particular version of its object: what the message is known by.
 */
export function createJob({ object, options = {}, request, sequencer }: Asked, messageId: string): Job {
  const { versionId } = object;
  const job = { object, options, ...(request ? { request } : {}) };
  if (sequencer) return { ...job, sequencer, revision: `s-${sequencer.toUpperCase()}` };
  const asked = { ...options, ...request };
  return { ...job, revision: versionId ? `v-${versionId}${suffix(asked)}` : `m-${messageId}` };
}

/** Another model asked about the same version is another job, and so is another order. */
function suffix(asked: object): string {
  const chosen = Object.entries(asked).filter(([, value]) => value !== undefined);
  if (chosen.length === 0) return '';
  return `-${createHash('sha256').update(JSON.stringify(chosen.sort())).digest('hex').slice(0, 12)}`;
}
