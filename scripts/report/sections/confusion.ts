import type { Scores } from '#evaluate';
import { type Html, html, named, shorten } from '../html.ts';
import type { Cell } from '../numbers/choose-pictures.ts';
import type { Thumbnails } from '../thumbnails.ts';
import { counted, count as number, share } from '../words.ts';
import { type Section, scrolling } from './section.ts';
import { shots } from './shots.ts';

/** More columns are wider than a screen; the commonest mistakes are told instead. */
const MATRIX_LABELS = 20;
/** So many fit on a phone too. */
const FEW_LABELS = 4;
const PAIRS = 40;

/** Pictures in all cells together: a matrix with mistakes everywhere has 400 of them. */
const MOST_PICTURES = 800;
const LEAST_OF_A_CELL = 2;

/** The cells whose pictures are shown: all of a matrix, the commonest mistakes of many labels. */
export function shownCells(all: readonly Cell[], labels: number): readonly Cell[] {
  const cells = labels <= MATRIX_LABELS ? all : all.filter(isMistake).slice(0, PAIRS);
  const each = Math.max(LEAST_OF_A_CELL, Math.floor(MOST_PICTURES / Math.max(1, cells.length)));
  return cells.map((cell) => ({ ...cell, pictures: cell.pictures.slice(0, each) }));
}

export function confusion(scores: Scores, cells: readonly Cell[], thumbnails: Thumbnails): Section {
  return {
    id: 'confusion',
    title: 'What is taken for what',
    body: html`<p>${cells.some(isMistake) ? '' : 'There is no mistake. '}${cells.length > 0 ? html`<span class="hint">Choose a number to see its pictures.</span>` : undefined}</p>${counts(scores, cells)}${cells.map(
      (cell, index) => pictures(cell, index, thumbnails),
    )}`,
  };
}

function isMistake({ is, called }: Cell): boolean {
  return is !== called;
}

function counts(scores: Scores, cells: readonly Cell[]): Html {
  const labels = scores.classes.length;
  // Mistakes come first, so that an index is the same in both.
  const mistakes = cells.filter(isMistake).slice(0, PAIRS);
  if (labels > MATRIX_LABELS) return pairs(mistakes, scores);
  const numbers = new Map(cells.map(({ is, called }, index) => [JSON.stringify([is, called]), index]));
  const table = matrix(scores, (is, called) => numbers.get(JSON.stringify([is, called])));
  if (labels <= FEW_LABELS) return table;
  return html`<div class="wide">${table}</div><div class="narrow">${pairs(mistakes, scores)}</div>`;
}

function matrix(
  { classes, confusion: table }: Scores,
  cellOf: (is: string, called: string) => number | undefined,
): Html {
  const kind = classes.length > 6 ? 'sideways' : classes.length <= FEW_LABELS ? 'few' : '';
  return scrolling(
    'Confusion matrix',
    html`<table class="matrix ${kind}"><caption>A row for what a picture is, a column for what the model called it</caption>
<thead><tr><td></td>${classes.map(({ label }) => html`<th scope="col"><span>${named(label, 18)}</span></th>`)}</tr></thead>
<tbody>${classes.map(
      ({ label: is, support }, row) => html`<tr><th scope="row">${named(is, 24)}</th>${classes.map(
        ({ label: called }, column) => {
          const times = table[row]?.[column] ?? 0;
          const kind = row === column ? 'right' : 'wrong';
          if (times === 0) return html`<td class="none">0</td>`;
          return html`<td class="${kind} level${levelOf(times / support)}">${opener(cellOf(is, called), number(times), saying(is, called, times))}</td>`;
        },
      )}</tr>
`,
    )}</tbody></table>`,
  );
}

function pairs(cells: readonly Cell[], { classes }: Scores): Html {
  if (cells.length === 0) return html``;
  const support = new Map(classes.map((one) => [one.label, one.support]));
  return scrolling(
    'Most confused pairs of labels',
    html`<table><caption>The most confused pairs of ${number(classes.length)} labels</caption>
<thead><tr><th scope="col">Is</th><th scope="col">Called</th><th scope="col" class="number">Times</th><th scope="col" class="number">Of its pictures</th></tr></thead>
<tbody>${cells.map(
      ({ is, called, count }, index) =>
        html`<tr><th scope="row">${named(is, 40)}</th><td>${named(called, 40)}</td><td class="number">${opener(index, number(count), saying(is, called, count))}</td><td class="number">${share(count / (support.get(is) || 1))}</td></tr>
`,
    )}</tbody></table>`,
  );
}

/** Four steps by the share of a row, so that each has a colour on which its number can be read. */
function levelOf(part: number): number {
  return part >= 0.75 ? 4 : part >= 0.3 ? 3 : part >= 0.08 ? 2 : 1;
}

function saying(is: string, called: string, times: number): string {
  return `${shorten(is, 40)} called ${shorten(called, 40)}: ${counted(times, 'picture')}`;
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
