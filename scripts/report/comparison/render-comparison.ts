import { environmentRows } from '../environment.ts';
import { type Html, html, named, shorten } from '../html.ts';
import { renderPage } from '../page.ts';
import { skipped } from '../sections/data.ts';
import { provenance } from '../sections/provenance.ts';
import { absent, type Section, scrolling, table } from '../sections/section.ts';
import { makeThumbnails, type Thumbnails } from '../thumbnails.ts';
import { counted, count as number, share, tiedShare } from '../words.ts';
import type { ComparedPicture, ComparisonInput, SaidOfPicture } from './comparison-input.ts';

/** More are told, not shown. */
const SHOWN = 120;

/** The whole document as text. */
export async function renderComparison(input: ComparisonInput): Promise<string> {
  const { a, b, answers } = input;
  const shown = answers?.differ.slice(0, SHOWN) ?? [];
  const thumbnails = await makeThumbnails(shown);
  const unreadable = answers?.unreadable ?? [];
  const rows = [...input.provenance, ...(await environmentRows())];
  return renderPage({
    title: 'Two versions',
    name: `${a} and ${b}`,
    lead: 'How far they agree',
    summary: summary(input),
    sections: [
      pictures(input, shown, thumbnails),
      figures(input),
      ...(unreadable.length > 0
        ? [{ id: 'left-out', title: 'What could not be read', body: skipped({ skipped: unreadable }) }]
        : []),
      provenance({ provenance: rows }),
    ],
  });
}

function summary({ answers }: ComparisonInput): Html {
  if (!answers)
    return html`<p class="lead">No pictures were asked about: this compares what the versions say about themselves.</p>`;
  const { answered, differ } = answers;
  if (answered === 0) return html`<p class="lead">No picture could be read.</p>`;
  const agree = answered - differ.length;
  return html`<p class="verdict"><span class="big">${share(agree / answered)}</span> <span>called the same (${counted(answered, 'picture')})</span></p>
<p>${number(agree)} of ${counted(answered, 'picture')} are called the same by both, ${number(differ.length)} differently.</p>`;
}

function pictures(
  { a, b, answers }: ComparisonInput,
  shown: readonly ComparedPicture[],
  thumbnails: Thumbnails,
): Section {
  const head = { id: 'differ', title: 'Where they differ' };
  if (!answers) return absent(head, 'Name a folder of pictures to see where they differ.');
  if (shown.length === 0) return absent(head, 'Nowhere.');
  const more = answers.differ.length - shown.length;
  return {
    ...head,
    body: html`<p>Of each picture, what ${named(a)} says and then what ${named(b)} says; those first that both are surest of.</p><ul class="shots">${shown.map(
      (picture) => shot(picture, thumbnails.get(picture), a, b),
    )}</ul>${more > 0 ? html`<p class="note">${counted(more, 'more picture')}</p>` : undefined}`,
  };
}

function shot({ file, a, b }: ComparedPicture, thumbnail: string | undefined, nameA: string, nameB: string): Html {
  const image = thumbnail
    ? html`<img src="${thumbnail}" alt="" width="160" height="160" decoding="async">`
    : html`<span class="blank">no preview</span>`;
  return html`<li><figure class="shot"><div class="frame">${image}</div><figcaption><span>${named(nameA, 24)}: ${said(a)}</span> <span>${named(nameB, 24)}: ${said(b)}</span><span class="file">${named(file, 60)}</span></figcaption></figure></li>`;
}

function said({ label, probability, known }: SaidOfPicture): Html {
  return known === false ? html`none of these` : html`${named(label, 40)}, ${tiedShare(probability)}`;
}

function figures({ a, b, figures: rows }: ComparisonInput): Section {
  const caption = 'What differs in size, metrics and labels';
  const body = rows.map(([what, first, second]) => [what, named(first, 20), named(second, 20)]);
  return {
    id: 'figures',
    title: 'Size, metrics, labels',
    body: scrolling(caption, table(caption, ['What', `>${shorten(a, 20)}`, `>${shorten(b, 20)}`], body)),
  };
}
