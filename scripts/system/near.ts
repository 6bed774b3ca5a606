/**
 * The candidates that somebody who typed `word` may have meant, nearest first, three at most.
 * One slip in three characters is taken as a typing error; a shared beginning of three characters counts as near too.
 */
export function nearest(word: string, candidates: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= limit || (word.length >= 3 && candidate.startsWith(word)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** What may have been meant, as the remedy of an error. @param otherwise the remedy where nothing is near. */
export function didYouMean(word: string, candidates: readonly string[], otherwise?: string): { remedy?: string } {
  const near = nearest(word, candidates);
  if (near.length > 0) return { remedy: `Did you mean ${near.join(', ')}?` };
  return otherwise === undefined ? {} : { remedy: otherwise };
}

/** Optimal string alignment distance: insertions, deletions, replacements, and neighbours swapped. */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
