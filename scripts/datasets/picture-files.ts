import type { DatasetOptions, Skipped, SplitName } from './dataset.ts';
import { inAnotherSplit, usableLabels, withoutContradictions } from './folder/folder.ts';
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
  readonly split: SplitName | undefined;
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
 * Leaves out bytes that are under two labels, and what is to be learnt from where a folder called test holds its bytes. Both are
 * added to `skipped`.
 * @throws FreezeframeError `dataset-unusable` for a label with fewer than 3 different pictures, with the reasons, and where most are gone
 */
export function checkedPictures<P extends LabelledPicture>(
  found: FoundPictures,
  pictures: P[],
  skipped: Skipped[],
): { learnt: P[]; tested: P[] } {
  const usable = withoutContradictions(pictures, skipped);
  const tested = usable.filter(({ split }) => split === 'test');
  const digests = new Set(tested.map(({ digest }) => digest));
  const learnt = usable.filter(({ split, digest, file }) => {
    if (split === 'test') return false;
    if (digests.has(digest)) skipped.push({ file, reason: inAnotherSplit('test') });
    return !digests.has(digest);
  });
  usableLabels(found, learnt, skipped);
  refuseMostGone('pictures', learnt.length + tested.length, skipped);
  return { learnt, tested };
}
