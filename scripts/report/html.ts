import { type Html, html } from '#html';
import { printable } from '#terminal';

export { Html, html } from '#html';

/** Longer names are cut: a label may have a thousand characters. */
const LONGEST_NAME = 120;

/** A name from outside, cut in its middle: where a path begins and how it ends says most. */
export function shorten(name: string, longest = LONGEST_NAME): string {
  const characters = Array.from(printable(name));
  if (characters.length <= longest) return name;
  const half = Math.floor((longest - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** A file name or label, set apart from the direction of the text around it. */
export function named(name: string, longest?: number): Html {
  return html`<bdi>${shorten(name, longest)}</bdi>`;
}
