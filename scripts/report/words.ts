import { formatShare } from '#terminal';
import { type Html, html } from './html.ts';

/** 12345 -> "12,345". */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** "1 picture", "1,200 pictures". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function share(value: number | null): string {
  return value === null ? '–' : formatShare(value);
}

/** The same where there is little room: the sign stays beside its number. */
export function tiedShare(value: number): string {
  return share(value).replace(' ', '\u00a0');
}

/** The first few of a list, and how many more there are. */
export function firstOf<T>(items: readonly T[], most: number, show: (item: T) => Html): Html {
  const more = items.length - most;
  return html`<ul class="list">${items.slice(0, most).map((item) => html`<li>${show(item)}</li>`)}${
    more > 0 ? html`<li class="note">and ${count(more)} more</li>` : undefined
  }</ul>`;
}
