import { environmentRows } from '../environment.ts';
import { type Html, html, named, shorten } from '../html.ts';
import { renderPage } from '../page.ts';
import { skipped } from '../sections/data.ts';
import { provenance } from '../sections/provenance.ts';
import { type Section, scrolling, table } from '../sections/section.ts';
import { makeThumbnails, type Thumbnails } from '../thumbnails.ts';
import { counted, count as number } from '../words.ts';
import type { SheetInput, SheetPicture } from './sheet-input.ts';

/** More are told, not shown. */
const LABELS = 60;
const GROUPS = 24;
const OF_A_GROUP = 4;

/** The whole document as text. */
export async function renderSheet(input: SheetInput): Promise<string> {
  const labels = input.labels.slice(0, LABELS);
  const groups = (input.duplicates ?? []).slice(0, GROUPS).map((group) => group.slice(0, OF_A_GROUP));
  const shown = [...groups.flat(), ...(input.odd ?? []), ...labels.flatMap(({ pictures }) => pictures)];
  const thumbnails = await makeThumbnails(shown);
  const rows = [...input.provenance, ...(await environmentRows())];
  return renderPage({
    title: 'Data set',
    name: input.name,
    lead: 'What is in it',
    summary: summary(input),
    sections: [
      pictures(input, labels, thumbnails),
      alike(input, groups, thumbnails),
      odd(input, thumbnails),
      { id: 'left-out', title: 'What could not be used', body: skipped(input) },
      provenance({ provenance: rows }),
    ],
  });
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function summary({ labels, skipped: files }: SheetInput): Html {
  const splits = Object.keys(labels[0]?.counts ?? {});
  const all = labels.reduce((sum, { counts }) => sum + total(counts), 0);
  const most = Math.max(1, ...labels.map(({ counts }) => total(counts)));
  const bars = labels.slice(0, LABELS).map(({ label, counts }) => {
    const share = `${((100 * total(counts)) / most).toFixed(2)}%`;
    return html`<li class="own"><span class="label">${named(label, 40)}</span> <span class="percent">${number(total(counts))}</span><span class="bar" aria-hidden="true"><i style="width: ${share}"></i></span></li>`;
  });
  return html`<p class="verdict"><span class="big">${number(all)}</span> <span>pictures of ${counted(labels.length, 'label')}${files.length > 0 ? `, ${number(files.length)} left out` : ''}</span></p>
<ul class="bars">${bars}</ul>
<details><summary>How a training from scratch splits them</summary><p class="note">A head on a pretrained network learns from all but a folder test/, and is tested by cross-validation.</p>${scrolling(
    'Pictures of each label in each split',
    table(
      'Pictures of each label in each split',
      ['Label', ...splits.map((split) => `>${split}`)],
      labels.map(({ label, counts }) => [named(label, 40), ...splits.map((split) => number(counts[split] ?? 0))]),
    ),
  )}</details>`;
}

function pictures({ labels: all }: SheetInput, labels: SheetInput['labels'], thumbnails: Thumbnails): Section {
  const hidden = all.length - labels.length;
  return {
    id: 'pictures',
    title: 'Label by label',
    body: html`${labels.map(
      ({ label, counts, pictures: some }) =>
        html`<h3>${named(label, 60)}</h3><p class="note">${some.length < total(counts) ? `${number(some.length)} of ${counted(total(counts), 'picture')}` : counted(some.length, 'picture')}</p>${grid(some, thumbnails)}`,
    )}${hidden > 0 ? html`<p class="note">${counted(hidden, 'more label')}</p>` : undefined}`,
  };
}

function alike(
  { duplicates }: SheetInput,
  groups: readonly (readonly SheetPicture[])[],
  thumbnails: Thumbnails,
): Section {
  const head = { id: 'duplicates', title: 'Nearly the same' };
  if (duplicates === undefined) return { ...head, body: html`<p>Not looked for: there are too many pictures.</p>` };
  if (groups.length === 0) return { ...head, body: html`<p>No two pictures show nearly the same.</p>` };
  const more = duplicates.length - groups.length;
  return {
    ...head,
    body: html`<p>${counted(duplicates.length, 'group')} of pictures that hardly differ. Of different labels, one of them is wrong.</p>${groups.map(
      (group) => grid(group, thumbnails),
    )}${more > 0 ? html`<p class="note">${counted(more, 'more group')}</p>` : undefined}`,
  };
}

function odd({ odd: some }: SheetInput, thumbnails: Thumbnails): Section {
  const body =
    some === undefined
      ? html`<p>There are too few or too many pictures to tell.</p>`
      : some.length === 0
        ? html`<p>No picture is far from the others of its label.</p>`
        : html`<p>By their colours and shapes, these are least like the others of their label: look whether they belong there.</p>${grid(some, thumbnails)}`;
  return { id: 'odd', title: 'Least like the others', body };
}

function grid(some: readonly SheetPicture[], thumbnails: Thumbnails): Html {
  return html`<ul class="shots">${some.map((picture) => {
    const { file, label } = picture;
    const thumbnail = thumbnails.get(picture);
    const image = thumbnail
      ? html`<img src="${thumbnail}" alt="Picture labelled ${shorten(label, 40)}" width="160" height="160" decoding="async">`
      : html`<span class="blank">no preview</span>`;
    return html`<li><figure class="shot"><div class="frame">${image}</div><figcaption><span>${named(label, 40)}</span><span class="file">${named(file, 60)}</span></figcaption></figure></li>`;
  })}</ul>`;
}
