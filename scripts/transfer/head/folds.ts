import { createHash } from 'node:crypto';

/**
 * Deals groups of rows out to folds, so that each fold has its share of each class and no group lies in two. What stands in a
 * fold depends on contents and seed alone, not on names or order.
 * @param groups a number for each row; rows of a group are near-duplicates of each other
 * @returns the fold of each row, 0 to folds - 1
 */
export function dealFolds(
  digests: readonly string[],
  classes: Int32Array,
  groups: Int32Array,
  folds: number,
  seed: number,
): Int32Array {
  const ordered = [...rowsOfEach(groups).values()]
    .map((rows) => ({ rows, place: place(digests[rows[0] as number] as string, seed) }))
    // Large groups first: what comes last evens out what they leave uneven.
    .sort((a, b) => b.rows.length - a.rows.length || (a.place < b.place ? -1 : 1));
  const labels = classes.reduce((most, label) => Math.max(most, label + 1), 0);
  const counts = Array.from({ length: folds }, () => new Int32Array(labels));
  const totals = new Int32Array(folds);
  const foldOf = new Int32Array(digests.length);
  for (const { rows } of ordered) {
    const label = classes[rows[0] as number] as number;
    let best = 0;
    for (let fold = 1; fold < folds; fold++) {
      const fewer = (counts[fold]?.[label] as number) - (counts[best]?.[label] as number);
      if (fewer < 0 || (fewer === 0 && (totals[fold] as number) < (totals[best] as number))) best = fold;
    }
    for (const row of rows) {
      foldOf[row] = best;
      const own = counts[best] as Int32Array;
      own[classes[row] as number] = (own[classes[row] as number] as number) + 1;
    }
    totals[best] = (totals[best] as number) + rows.length;
  }
  return foldOf;
}

/** The rows that share a number. */
export function rowsOfEach(numbers: Int32Array): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, number] of numbers.entries()) {
    const own = rows.get(number);
    if (own) own.push(row);
    else rows.set(number, [row]);
  }
  return rows;
}

function place(digest: string, seed: number): string {
  return createHash('sha256').update(`${seed}/${digest}`).digest('hex');
}
