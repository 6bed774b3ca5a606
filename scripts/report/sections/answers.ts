import { html } from '../html.ts';
import type { ChosenPictures } from '../numbers/choose-pictures.ts';
import type { Thumbnails } from '../thumbnails.ts';
import type { Section } from './section.ts';
import { shots } from './shots.ts';

/** The pictures to look at first. */
export function answers({ worst, unsure }: ChosenPictures, wrong: number, thumbnails: Thumbnails): Section {
  const mistakes =
    worst.length === 0
      ? html`<p>There is none.</p>`
      : html`<p>${worst.length < wrong ? `The ${worst.length} surest of ${wrong} wrong answers` : 'All wrong answers'}, the surest first: what it was called, and what it is.</p>${shots(worst, thumbnails)}`;
  return {
    id: 'mistakes',
    title: 'Mistakes and doubts',
    body: html`<h3>Worst mistakes</h3>${mistakes}
<h3>Least sure</h3><p>Right or wrong, these had the smallest probability.</p>${shots(unsure, thumbnails)}`,
  };
}
