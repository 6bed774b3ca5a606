import { type Html, html } from '../html.ts';

/** A part of the report, with its heading and what links lead to. */
export interface Section {
  id: string;
  title: string;
  body: Html;
}

/** A section that has no data says so, in a sentence. */
export function absent(head: Pick<Section, 'id' | 'title'>, why: string): Section {
  return { ...head, body: html`<p>${why}</p>` };
}

export function sectionHtml({ id, title, body }: Section): Html {
  return html`<section id="${id}" class="card" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

/** A table with headers; a column whose title begins with ">" holds numbers. The first cell of a row names it. */
export function table(caption: string, header: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  const kind = header.map((title) => (title.startsWith('>') ? 'number' : 'text'));
  return html`<table><caption>${caption}</caption><thead><tr>${header.map(
    (title, column) => html`<th scope="col" class="${kind[column]}">${title.replace(/^>/, '')}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, column) =>
        column === 0
          ? html`<th scope="row" class="${kind[column]}">${cell}</th>`
          : html`<td class="${kind[column]}">${cell}</td>`,
      )}</tr>
`,
  )}</tbody></table>`;
}

/** What may be wider than a phone scrolls by itself, by keyboard too. */
export function scrolling(label: string, content: Html): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}
