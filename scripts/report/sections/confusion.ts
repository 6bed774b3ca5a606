import type { Scores } from '#evaluate';
import { type Html, html, named } from '../html.ts';
import type { Cell } from '../numbers/choose-pictures.ts';
import type { Thumbnails } from '../thumbnails.ts';
import { counted, count as number, share } from '../words.ts';
import { type Section, scrolling } from './section.ts';
import { shots } from './shots.ts';

/** More columns are wider than any screen; the commonest mistakes are told instead. */
export const MATRIX_LABELS = 25;
const PAIRS = 40;

/** The cells whose pictures are shown: all of a matrix, the commonest mistakes of many labels. */
export function shownCells(cells: readonly Cell[], labels: number): readonly Cell[] {
  return labels <= MATRIX_LABELS ? cells : cells.filter(({ is, called }) => is !== called).slice(0, PAIRS);
}

export function confusion(scores: Scores, cells: readonly Cell[], thumbnails: Thumbnails): Section {
  const numbers = new Map(cells.map((cell, index) => [JSON.stringify([cell.is, cell.called]), index]));
  const mistakes = cells.some(({ is, called }) => is !== called);
  const body =
    scores.classes.length <= MATRIX_LABELS
      ? matrix(scores, (is, called) => numbers.get(JSON.stringify([is, called])))
      : pairs(cells, scores);
  return {
    id: 'confusion',
    title: 'What is taken for what',
    body: html`<p>${mistakes ? 'Choose a number to see its pictures.' : 'There is no mistake. Choose a number to see some of its pictures.'}</p>${body}${cells.map(
      (cell, index) => pictures(cell, index, thumbnails),
    )}`,
  };
}

function matrix(
  { classes, confusion: counts }: Scores,
  cellOf: (is: string, called: string) => number | undefined,
): Html {
  const sideways = classes.length > 6 ? 'sideways' : 'upright';
  return scrolling(
    'Confusion matrix',
    html`<table class="matrix ${sideways}"><caption>A row for what a picture is, a column for what the model called it</caption>
<thead><tr><td></td>${classes.map(({ label }) => html`<th scope="col"><span>${named(label, 24)}</span></th>`)}</tr></thead>
<tbody>${classes.map(
      ({ label: is, support }, row) => html`<tr><th scope="row">${named(is, 24)}</th>${classes.map(
        ({ label: called }, column) => {
          const times = counts[row]?.[column] ?? 0;
          const kind = row === column ? 'right' : 'wrong';
          if (times === 0) return html`<td class="none">0</td>`;
          return html`<td class="${kind} level${levelOf(times / support)}">${opener(cellOf(is, called), number(times), `${is} called ${called}: ${counted(times, 'picture')}`)}</td>`;
        },
      )}</tr>
`,
    )}</tbody></table>`,
  );
}

function pairs(cells: readonly Cell[], { classes }: Scores): Html {
  const support = new Map(classes.map((one) => [one.label, one.support]));
  return scrolling(
    'Most confused pairs of labels',
    html`<table><caption>The most confused pairs of ${number(classes.length)} labels</caption>
<thead><tr><th scope="col">Is</th><th scope="col">Called</th><th scope="col" class="number">Times</th><th scope="col" class="number">Of its pictures</th></tr></thead>
<tbody>${cells.map(
      ({ is, called, count }, index) =>
        html`<tr><th scope="row">${named(is, 40)}</th><td>${named(called, 40)}</td><td class="number">${opener(index, number(count), `${is} called ${called}: ${counted(count, 'picture')}`)}</td><td class="number">${share(count / (support.get(is) || 1))}</td></tr>
`,
    )}</tbody></table>`,
  );
}

/** Four steps by the share of a row, so that each has a colour on which its number can be read. */
function levelOf(part: number): number {
  return part >= 0.75 ? 4 : part >= 0.3 ? 3 : part >= 0.08 ? 2 : 1;
}

function opener(index: number | undefined, text: string, says: string): Html {
  if (index === undefined) return html`${text}`;
  return html`<button type="button" popovertarget="cell-${index}" aria-label="${says}">${text}</button>`;
}

function pictures({ is, called, count, pictures: some }: Cell, index: number, thumbnails: Thumbnails): Html {
  const title = is === called ? html`${named(is, 40)}, called so` : html`${named(is, 40)}, called ${named(called, 40)}`;
  const which = is === called ? 'least sure' : 'surest';
  const note =
    some.length < count
      ? html`<p class="note">The ${number(some.length)} ${which} of ${number(count)}.</p>`
      : undefined;
  return html`<div popover id="cell-${index}" role="dialog" aria-labelledby="cell-${index}-title"><header><h3 id="cell-${index}-title">${title}</h3><button type="button" popovertarget="cell-${index}" popovertargetaction="hide">Close</button></header>${note}${shots(some, thumbnails)}</div>
`;
}
