import { createHash } from 'node:crypto';
import { FreezeframeError } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { countOf } from '#terminal';
import type { CalibrationPictures } from './subject.ts';

/** Pictures of which copies are left out, and what was left out so far. */
export interface DistinctPictures extends CalibrationPictures {
  /** Sentences for the user; none where every picture counted. */
  notes(): string[];
}

/**
 * Leaves out copies: one says nothing new of a graph, and would be judged by ranges that its twin gave. Copies are alike as
 * the graph takes them, whatever their files are.
 */
export function distinctPictures(pictures: CalibrationPictures): DistinctPictures {
  const digests = new Map<number, string>();
  const owners = new Map<string, number>();
  const [unreadable, copies] = [new Set<number>(), new Set<number>()];
  return {
    count: pictures.count,
    ...(pictures.judgeFrom === undefined ? {} : { judgeFrom: pictures.judgeFrom }),
    label: (picture) => pictures.label(picture),
    read: async (picture) => {
      if (copies.has(picture) || unreadable.has(picture)) return undefined;
      const sample = await pictures.read(picture);
      const before = digests.get(picture);
      const digest = sample && digestOf(sample);
      if (before !== undefined && before !== digest) throw changed();
      if (digest === undefined) unreadable.add(picture);
      else {
        digests.set(picture, digest);
        if (owners.has(digest) && owners.get(digest) !== picture) copies.add(picture);
        else owners.set(digest, picture);
      }
      return copies.has(picture) ? undefined : sample;
    },
    notes: () => [
      ...(unreadable.size > 0
        ? [`Of ${countOf(pictures.count, 'pictures')} for calibration some cannot be read: ${unreadable.size}.`]
        : []),
      ...(copies.size > 0
        ? [`Of ${countOf(pictures.count, 'pictures')} for calibration some are copies of others: ${copies.size}.`]
        : []),
    ],
  };
}

function digestOf(sample: Samples): string {
  const hash = createHash('sha256');
  for (const { data } of Object.values(sample)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('base64');
}

function changed(): FreezeframeError {
  return new FreezeframeError(
    'calibration-unusable',
    'A picture for calibration changed or went away while it was in use',
    {
      remedy: 'Nothing was saved. Begin again when nobody writes to these pictures.',
    },
  );
}
