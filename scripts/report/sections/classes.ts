import type { Scores } from '#evaluate';
import { html, named } from '../html.ts';
import { count, share } from '../words.ts';
import { type Section, scrolling, table } from './section.ts';

/** More rows than anybody reads; the worst are shown. */
const ROWS = 1_000;

export function classes({ classes: all }: Scores): Section {
  const shown = all
    .filter(({ support, precision }) => support > 0 || precision !== null)
    .sort((a, b) => (a.recall ?? 1) - (b.recall ?? 1));
  const rows = shown
    .slice(0, ROWS)
    .map(({ label, support, precision, recall, f1 }) => [
      named(label, 40),
      count(support),
      share(recall),
      share(precision),
      share(f1),
    ]);
  const hidden = shown.length - rows.length;
  return {
    id: 'labels',
    title: 'Label by label',
    body: html`<p><strong>Recall</strong> is the share of a label's pictures that were called so. <strong>Precision</strong> is the share of what was called so that is.</p>${scrolling(
      'Precision and recall of each label',
      table('The labels that are found worst come first', ['Label', '>Pictures', '>Recall', '>Precision', '>F1'], rows),
    )}${hidden > 0 ? html`<p class="note">${count(hidden)} labels that are found better are not shown.</p>` : undefined}`,
  };
}
