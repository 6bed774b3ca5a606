import { folderDigest, type Skipped } from '#datasets';
import { extractFeatures } from './features/extract.ts';
import { eachAnswer, largest } from './head/answers.ts';
import { groupDuplicates } from './head/duplicates.ts';
import { type Quality, qualityOf } from './held-out.ts';
import type { Candidate, TransferModel, TransferOptions } from './transfer.ts';

/**
 * How a head does on pictures of a folder called test: nothing was learnt from them or chosen by them. Near-duplicates of what was
 * learnt say nothing of new pictures: they are left out, and named. `digest` is that of all that could be read.
 */
export async function onTestFolder(
  { backbone, pictures, learnt: all, tested }: Candidate,
  { head }: TransferModel,
  { found, cache, signal, inMemory }: TransferOptions,
): Promise<{ quality?: Quality; skipped: Skipped[]; digest: string }> {
  if (tested.length === 0) return { skipped: [], digest: folderDigest(all) };
  const files = [...pictures, ...tested];
  const { features, hashes, rowOf, skipped } = await extractFeatures(backbone, files, { cache, signal, inMemory });
  const called = new Int32Array(features.count);
  const learnt = new Map<number, string>();
  let groups: Int32Array;
  try {
    groups = await groupDuplicates(hashes, features);
    await eachAnswer(features, [[head]], undefined, (row, own) => {
      called[row] = largest(own);
    });
  } finally {
    await features.close();
  }
  for (const [i, { file }] of pictures.entries()) learnt.set(groups[rowOf[i] as number] as number, file);
  const right = tested.flatMap(({ file, label }, i) => {
    const row = rowOf[pictures.length + i] as number;
    if (row < 0) return [];
    const twin = learnt.get(groups[row] as number);
    if (twin === undefined) return [found.labels[called[row] as number] === label];
    skipped.push({ file, reason: `nearly the same as ${twin}` });
    return [];
  });
  const readable = tested.filter((_, i) => (rowOf[pictures.length + i] as number) >= 0);
  const digest = folderDigest([...all, ...readable]);
  return {
    digest,
    ...(right.length > 0 ? { quality: qualityOf(right.filter(Boolean).length, right.length) } : {}),
    skipped,
  };
}
