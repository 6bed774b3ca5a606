import { createHash } from 'node:crypto';

/** sha256 (hex) over every picture's split, label and own digest, whatever their order. */
export function contentsDigest(
  pictures: readonly { readonly split: string; readonly label: string; readonly digest: string }[],
): string {
  const hash = createHash('sha256');
  for (const line of pictures.map(({ split, label, digest }) => `${split}\t${label}\t${digest}\n`).sort())
    hash.update(line);
  return hash.digest('hex');
}
