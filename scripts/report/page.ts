import { readFile } from 'node:fs/promises';
import { Html, html, shorten } from './html.ts';
import { type Section, sectionHtml } from './sections/section.ts';

/** The colours are those of the service's own page. */
const STYLES = [
  new URL('../../functions/http/page/style/palette.css', import.meta.url),
  new URL('./style.css', import.meta.url),
];

/** Only pictures and styles of its own: whatever a name holds, nothing runs and nothing is asked for. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface Page {
  /** What kind of page it is. */
  readonly title: string;
  /** What it is about. May hold anything. */
  readonly name: string;
  /** Title and contents of what stands first. */
  readonly lead: string;
  readonly summary: Html;
  readonly sections: readonly Section[];
}

/** The whole document as text. */
export async function renderPage({ title, name: whole, lead, summary, sections }: Page): Promise<string> {
  const style = (await Promise.all(STYLES.map((file) => readFile(file, 'utf8')))).join('\n');
  const name = shorten(whole);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${name}: ${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="film"><div class="holes" aria-hidden="true"></div><div class="edge"><p class="maker">Freezeframe</p><h1><bdi>${name}</bdi></h1><p class="kind">${title}</p></div><div class="holes" aria-hidden="true"></div></header>
<main id="main">
<section class="card" aria-labelledby="summary-title"><h2 id="summary-title">${lead}</h2>
${summary}
<nav aria-label="Parts of this report"><ul>${sections.map(({ id, title: part }) => html`<li><a href="#${id}">${part}</a></li>`)}</ul></nav>
</section>
${sections.map(sectionHtml)}</main>
</body>
</html>
`.text;
}
