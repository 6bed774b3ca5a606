import { printable } from '#terminal';

/** Text that is HTML already. Everything else is escaped when it comes into {@link html}. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template of HTML: whatever is put into it is escaped, for an element's text and for an attribute in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + toText(parts[index - 1]) + string));
}

function toText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(toText).join('');
  return escapeHtml(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Direction marks, controls and the like are shown as `\u202e`, so that no name can rearrange what stands around it. */
function escapeHtml(text: string): string {
  return printable(text)
    .replaceAll('\n', '\\n')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
