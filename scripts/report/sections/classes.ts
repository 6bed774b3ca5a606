import type { Scores } from '#evaluate';
import { type Html, html, named } from '../html.ts';
import { count, counted, share } from '../words.ts';
import { type Section, scrolling, table } from './section.ts';

const FIRST = 25;
/** More rows than anybody reads; the worst are shown. */
const MOST = 1_000;

export function classes({ classes: all }: Scores): Section {
  const shown = all
    .filter(({ support, precision }) => support > 0 || precision !== null)
    .sort((a, b) => (a.recall ?? 1) - (b.recall ?? 1));
  const others = shown.slice(FIRST, MOST);
  const hidden = shown.length - Math.min(shown.length, MOST);
  return {
    id: 'labels',
    title: 'Label by label',
    body: html`<p><strong>Recall</strong> is the share of a label's pictures that were called so. <strong>Precision</strong> is the share of what was called so that is.</p>${rows(
      'The labels that are found worst come first',
      shown.slice(0, FIRST),
    )}${
      others.length > 0
        ? html`<details><summary>${counted(others.length, 'more label')}</summary>${rows('Labels that are found better', others)}</details>`
        : undefined
    }${hidden > 0 ? html`<p class="note">Not shown: ${counted(hidden, 'label')} found better still.</p>` : undefined}`,
  };
}

function rows(caption: string, classes: Scores['classes']): Html {
  return scrolling(
    caption,
    table(
      caption,
      ['Label', '>Pictures', '>Recall', '>Precision', '>F1'],
      classes.map(({ label, support, precision, recall, f1 }) => [
        named(label, 40),
        count(support),
        share(recall),
        share(precision),
        share(f1),
      ]),
    ),
  );
}
