import { createHash } from 'node:crypto';
import type { Options } from '../options.ts';
import type { S3Object } from '../s3.ts';
import { resultId } from './result-id.ts';

/** One picture in S3 whose result is to be kept and announced. */
export interface Job {
  readonly object: S3Object;
  readonly options: Options;
  /** Under which the result is found. */
  readonly id: string;
  /** S3's place of this version among all of the same key: see `sequenceOf`. A job that somebody asked for has none. */
  readonly sequencer?: string;
  /**
   * What is done once: the same for every notification and every delivery of one version, another for the next version.
   */
  readonly revision: string;
}

/**
 * @param messageId names a job that is of no particular version of its object: what the message is known by.
 */
export function createJob(
  { object, options = {}, sequencer }: { object: S3Object; options?: Options; sequencer?: string | undefined },
  messageId: string,
): Job {
  const { bucket, key, versionId } = object;
  const job = { object, options, id: resultId(bucket, key) };
  if (sequencer) return { ...job, sequencer, revision: `s-${sequencer.toUpperCase()}` };
  return { ...job, revision: versionId ? `v-${versionId}${suffix(options)}` : `m-${messageId}` };
}

/** Another model asked about the same version is another job. */
function suffix(options: Options): string {
  const chosen = Object.entries(options).filter(([, value]) => value !== undefined);
  if (chosen.length === 0) return '';
  return `-${createHash('sha256').update(JSON.stringify(chosen.sort())).digest('hex').slice(0, 12)}`;
}
