import { type Html, html, named, shorten } from '../html.ts';
import type { ReportPicture } from '../report-input.ts';
import type { Thumbnails } from '../thumbnails.ts';
import { count, tiedShare } from '../words.ts';

/** More are folded away: on a phone each row is two pictures. */
const UNFOLDED = 12;

/** Pictures as a grid, each with what it is, what it was called and how sure the model was. */
export function shots(pictures: readonly ReportPicture[], thumbnails: Thumbnails): Html {
  const more = pictures.slice(UNFOLDED);
  const folded =
    more.length > 0
      ? html`<details><summary>${count(more.length)} more</summary>${grid(more, thumbnails)}</details>`
      : undefined;
  return html`${grid(pictures.slice(0, UNFOLDED), thumbnails)}${folded}`;
}

function grid(pictures: readonly ReportPicture[], thumbnails: Thumbnails): Html {
  return html`<ul class="shots">${pictures.map((picture) => shot(picture, thumbnails.get(picture)))}</ul>`;
}

function shot({ file, label, called, probability, own, known }: ReportPicture, thumbnail: string | undefined): Html {
  const right = label === called;
  const image = thumbnail
    ? html`<img src="${thumbnail}" alt="Picture labelled ${shorten(label, 40)}" width="160" height="160" decoding="async">`
    : html`<span class="blank">no preview</span>`;
  const verdict = right
    ? html`<span class="right">${named(label, 40)}, ${tiedShare(probability)}</span>`
    : html`<span class="wrong">${named(called, 40)}, ${tiedShare(probability)}</span> <span class="is">is ${named(label, 40)}, ${tiedShare(own)}</span>`;
  return html`<li><figure class="shot"><div class="frame">${image}</div><figcaption>${verdict}${
    known === false ? html` <span class="is">answered: none of these</span>` : undefined
  }<span class="file">${named(file, 60)}</span></figcaption></figure></li>
`;
}
