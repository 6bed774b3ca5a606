import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Html, html } from '#html';
import type { Document, Operation } from './openapi.ts';
import { operationId, operationSection } from './operation.ts';
import { propertiesOf, schemaId, typeOf } from './schema.ts';

export interface Rendered {
  readonly html: string;
  /** Content-Security-Policy under which exactly this page works: its own style, no script, no request. */
  readonly policy: string;
}

const STYLES = [
  new URL('../../../functions/http/page/style/palette.css', import.meta.url),
  new URL('./style.css', import.meta.url),
];

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** An OpenAPI document as one page that loads nothing and runs no script. */
export async function renderDocs(document: Document, address: string): Promise<Rendered> {
  const style = (await Promise.all(STYLES.map((file) => readFile(file, 'utf8')))).join('\n');
  const { info, paths, components = {} } = document;
  const groups = new Map<string, Entry[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag = 'Other'] = operation.tags ?? [];
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  }
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${info.title} <small>${info.version}</small></h1>
<p>${info.description} It answers at <code>${address}</code>, which is ADDRESS below.</p>
<p>The same for machines: <a href="openapi.json">openapi.json</a>. The page to try it: <a href="./">${address}</a>.</p>
${schemes(document)}
</header>
<nav aria-label="Operations">${[...groups].map(([tag, entries]) => contents(tag, entries))}</nav>
<main>
${[...groups].map(([tag, entries]) => section(document, tag, entries))}
<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas ?? {}).map(
  ([
    name,
    schema,
  ]) => html`<article aria-labelledby="${schemaId(name)}"><h3 id="${schemaId(name)}"><code>${name}</code></h3>
<p class="type">${typeOf(schema)}</p>${schema.description ? html`<p>${schema.description}</p>` : undefined}${propertiesOf(schema)}</article>`,
)}
</section>
</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    html: page.text,
    policy: `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

function contents(tag: string, entries: readonly Entry[]): Html {
  const links = entries.map(
    ({ path, method, operation }) =>
      html`<li><a href="#${operationId(method, path, operation)}"><span class="method">${method.toUpperCase()}</span> ${path}</a></li>`,
  );
  return html`<h2>${tag}</h2><ul>${links}</ul>`;
}

function section(document: Document, tag: string, entries: readonly Entry[]): Html {
  const id = `tag-${tag.replaceAll(/\W+/g, '-')}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${tag}</h2>
${entries.map(({ path, method, operation }) => operationSection(document, path, method, operation))}
</section>`;
}

/** How callers show who they are. */
function schemes({ components = {} }: Document): Html | undefined {
  const all = Object.values(components.securitySchemes ?? {});
  if (all.length === 0) return undefined;
  const rows = all.map(({ type, scheme, name, description }) => {
    const header =
      type === 'http'
        ? html`<code>authorization: ${scheme === 'bearer' ? 'Bearer' : scheme} KEY</code>`
        : html`<code>${name}: KEY</code>`;
    return html`<li>${header} ${description}</li>`;
  });
  return html`<p>Who is calling is shown by one of these headers:</p><ul>${rows}</ul>`;
}
