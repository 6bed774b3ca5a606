import type { Skipped } from '../dataset.ts';
import type { FoundPicture } from './scan.ts';

/** Why files were left out, by their class. */
export type Lost = ReadonlyMap<string, readonly string[]>;

export function lostOf(found: readonly FoundPicture[], skipped: readonly Skipped[]): Lost {
  const labels = new Map(found.map(({ file, label }) => [file, label]));
  const lost = new Map<string, string[]>();
  for (const { file, reason } of skipped) {
    const label = labels.get(file);
    if (label === undefined) continue;
    const reasons = lost.get(label);
    if (reasons) reasons.push(reason);
    else lost.set(label, [reason]);
  }
  return lost;
}

const SAME_BYTES = 'the same bytes are in';

/** Why a readable picture is left out. */
export function sameBytes(where: string): string {
  return `${SAME_BYTES} ${where}`;
}

/** More classes, or more reasons of one, are not read. */
const TOLD = 3;

/** What became of the pictures of these classes, and what to do; undefined where none was left out. */
export function whyLost(lost: Lost, labels: readonly string[]): string | undefined {
  const sentences = labels.flatMap((label) => {
    const counts = new Map<string, number>();
    for (const reason of lost.get(label) ?? []) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const commonest = [...counts].sort(([, a], [, b]) => b - a).slice(0, TOLD);
    return commonest.map(([reason, count]) => `${count} of ${label}: ${reason}.`);
  });
  if (sentences.length === 0) return undefined;
  const reasons = labels.flatMap((label) => lost.get(label) ?? []);
  const copies = reasons.filter((reason) => reason.startsWith(SAME_BYTES)).length;
  const todo = [
    ...(copies > 0 ? ['Keep each picture in one class and one split alone.'] : []),
    ...(copies < reasons.length
      ? [
          'Convert what is of another format to JPEG or PNG, make what is too large smaller, and replace what is damaged.',
        ]
      : []),
  ];
  const more = sentences.length > TOLD ? ' …' : '';
  return `Files were left out. ${sentences.slice(0, TOLD).join(' ')}${more} ${todo.join(' ')}`;
}
