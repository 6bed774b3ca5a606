import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { decodePicture, type PictureShape } from '@freezeframe/inference';
import { type Progress, startProgress } from '#terminal';
import type { Skipped } from '../dataset.ts';
import { packFile, readPack, writePack } from './pack.ts';
import { readPicture, reasonOf } from './read-picture.ts';
import type { FoundPicture } from './scan.ts';

/** What is done sooner needs no bar. */
const QUIET_MS = 700;

export interface ReadPicture extends FoundPicture {
  /** sha256 (hex) of the file's bytes. */
  digest: string;
}

export interface Decoded {
  /** Those that could be decoded, in the order in which they were found. */
  pictures: ReadPicture[];
  /** Height x width x channels bytes, by the file's digest. */
  pixels: Map<string, Uint8Array>;
  skipped: Skipped[];
}

/**
 * Reads and decodes pictures with the decoder that serves, several at once. What was decoded before is taken from the
 * cache by content, so a changed data set decodes only what is new. What cannot be decoded is listed with the reason.
 */
export async function decodePictures(
  found: readonly FoundPicture[],
  input: PictureShape,
  cache: string,
  root: string,
): Promise<Decoded> {
  const file = packFile(cache, root, input);
  const pack = await readPack(file, input.height * input.width * input.channels);
  const pixels = new Map<string, Uint8Array>();
  const digests: (string | undefined)[] = new Array(found.length);
  const failures = new Map<number, string>();
  // Two a core: one waits for the disk while the other decodes.
  const concurrency = Math.min(16, availableParallelism() * 2);
  const started = performance.now();
  let progress: Progress | undefined;
  let done = 0;
  let fresh = 0;
  try {
    const decodeOne = async ([index, { path }]: [number, FoundPicture]) => {
      try {
        const bytes = await readPicture(path);
        const digest = createHash('sha256').update(bytes).digest('hex');
        let picture = pixels.get(digest) ?? pack.get(digest);
        if (!picture) {
          picture = await decodePicture(bytes, input);
          fresh++;
        }
        pixels.set(digest, picture);
        digests[index] = digest;
      } catch (error) {
        failures.set(index, reasonOf(error));
      }
      done++;
      if (progress || performance.now() - started > QUIET_MS) {
        progress ??= startProgress('Reading pictures', found.length);
        progress.update(done);
      }
    };
    await Readable.from(found.entries()).forEach(decodeOne, { concurrency });
  } finally {
    progress?.stop();
  }
  const pictures: ReadPicture[] = [];
  const skipped: Skipped[] = [];
  for (const [index, picture] of found.entries()) {
    const digest = digests[index];
    if (digest !== undefined) pictures.push({ ...picture, digest });
    else skipped.push({ file: picture.file, reason: failures.get(index) as string });
  }
  if (fresh > 0 || pack.size > pixels.size) await writePack(file, pixels);
  return { pictures, pixels, skipped };
}
