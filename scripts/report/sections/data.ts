import { type Html, html, named } from '../html.ts';
import type { ChosenPictures } from '../numbers/choose-pictures.ts';
import type { LabelReport, ReportInput } from '../report-input.ts';
import type { Thumbnails } from '../thumbnails.ts';
import { count, counted, firstOf } from '../words.ts';
import type { Section } from './section.ts';
import { shots } from './shots.ts';

const FILES = 100;
const GROUPS = 50;
const OF_A_GROUP = 8;

/** What to look at in the data itself. */
export function data(input: LabelReport, chosen: ChosenPictures, thumbnails: Thumbnails): Section {
  return {
    id: 'data',
    title: input.counted === 'rows' ? 'The table itself' : 'The pictures themselves',
    body: html`${suspects(chosen, thumbnails)}${odd(chosen, thumbnails)}${rejected(chosen, thumbnails)}${duplicates(input)}${skipped(input)}`,
  };
}

function suspects({ suspects: some, suspectCount }: ChosenPictures, thumbnails: Thumbnails): Html {
  if (some.length === 0) return html`<h3>Perhaps labelled wrongly</h3><p>None looks as if it had a wrong label.</p>`;
  const more = some.length < suspectCount ? ` The first ${some.length} of ${count(suspectCount)}.` : '';
  return html`<h3>Perhaps labelled wrongly</h3><p>The model is at least 90 % sure of another label, and gives their own less than 10 %. Look whether the label is right.${more}</p>${shots(some, thumbnails)}`;
}

function odd({ odd: some }: ChosenPictures, thumbnails: Thumbnails): Html | undefined {
  if (some.length === 0) return undefined;
  return html`<h3>Least like the others</h3><p>They may show something else, or be damaged.</p>${shots(some, thumbnails)}`;
}

function rejected({ rejected: some }: ChosenPictures, thumbnails: Thumbnails): Html | undefined {
  if (some.length === 0) return undefined;
  return html`<h3>Answered with “none of these”</h3><p>Each has a label that the model knows. These are the least sure.</p>${shots(some, thumbnails)}`;
}

function duplicates({ duplicates: groups, counted: what }: LabelReport): Html | undefined {
  if (groups === undefined && what === 'rows') return undefined;
  if (groups === undefined)
    return html`<h3>Duplicates</h3><p>They were not looked for here: a training on a pretrained network does.</p>`;
  if (groups.length === 0) return html`<h3>Duplicates</h3><p>None were found.</p>`;
  return html`<h3>Duplicates</h3><details><summary>${counted(groups.length, 'group')} of pictures that show the same</summary>${firstOf(
    groups,
    GROUPS,
    (group) => firstOf(group, OF_A_GROUP, (file) => named(file)),
  )}</details>`;
}

/** What could not be used, of files or of rows. */
export function skipped({ skipped: files }: Pick<ReportInput, 'skipped'>): Html {
  if (files.length === 0) return html`<h3>Left out</h3><p>Nothing was left out.</p>`;
  return html`<h3>Left out</h3><details><summary>${count(files.length)} could not be used</summary>${firstOf(
    files,
    FILES,
    ({ file, reason }) => html`${named(file)}: ${named(reason, 300)}`,
  )}</details>`;
}
