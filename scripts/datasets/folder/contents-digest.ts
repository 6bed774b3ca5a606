import { createHash } from 'node:crypto';
import { SPLITS, type SplitName } from '../dataset.ts';

/** sha256 (hex) over every picture's split, label and own digest, whatever their order. */
export function contentsDigest(
  pictures: readonly { readonly split: string; readonly label: string; readonly digest: string }[],
): string {
  const hash = createHash('sha256');
  for (const line of pictures.map(({ split, label, digest }) => `${split}\t${label}\t${digest}\n`).sort())
    hash.update(line);
  return hash.digest('hex');
}

/**
 * The digest of a folder that is learnt from: one number, whatever is trained on it. Bytes count once, with the split whose folder
 * they lie in; where a training deals them is no part of it.
 */
export function folderDigest(
  pictures: readonly { readonly split?: SplitName | undefined; readonly label: string; readonly digest: string }[],
): string {
  const different = new Map<string, { split: string; label: string; digest: string }>();
  for (const split of [undefined, ...SPLITS])
    for (const one of pictures) if (one.split === split) different.set(one.digest, { ...one, split: split ?? '' });
  return contentsDigest([...different.values()]);
}
