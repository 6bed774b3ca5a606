import type { DatasetOptions, Skipped } from './dataset.ts';
import { usableLabels, withoutContradictions } from './folder/folder.ts';
import { lostOf } from './folder/lost.ts';
import { type Scan, scanFolder } from './folder/scan.ts';
import { DATASET_KINDS } from './kinds.ts';
import { refuseMostGone } from './left-out.ts';

/** The picture files of a data set, none of them read. */
export interface FoundPictures extends Scan {
  readonly name: string;
  readonly root: string;
}

/** A picture file whose contents are known by their sha256 (hex). */
interface LabelledPicture {
  readonly file: string;
  readonly label: string;
  readonly digest: string;
}

/**
 * Lists the picture files of what the user named; undefined where it is no folder of class folders.
 * @throws FreezeframeError `dataset-unusable` for folders that are neither classes nor splits
 */
export async function findPictures(spec: string, options: DatasetOptions = {}): Promise<FoundPictures | undefined> {
  for (const kind of DATASET_KINDS) {
    if (!(await kind.claims(spec))) continue;
    const where = await kind.folder?.(spec, options);
    return where && { ...where, ...(await scanFolder(where.root)) };
  }
  return undefined;
}

/**
 * Leaves out pictures whose bytes are under two labels, and adds them to `skipped`.
 * @throws FreezeframeError `dataset-unusable` for a label with fewer than 3 different pictures, with the reasons, and where most are gone
 */
export function checkedPictures<P extends LabelledPicture>(
  { labels, pictures: found }: FoundPictures,
  pictures: P[],
  skipped: Skipped[],
): P[] {
  const usable = withoutContradictions(pictures, skipped);
  usableLabels(labels, usable, lostOf(found, skipped));
  refuseMostGone('pictures', usable.length, skipped);
  return usable;
}
