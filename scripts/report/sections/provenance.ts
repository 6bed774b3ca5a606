import { html, named } from '../html.ts';
import type { ReportInput } from '../report-input.ts';
import type { Section } from './section.ts';

export function provenance({ provenance: rows }: Pick<ReportInput, 'provenance'>): Section {
  return {
    id: 'provenance',
    title: 'Where it comes from',
    body: html`<dl>${rows.map(([what, value]) => html`<div><dt>${named(what)}</dt><dd>${named(value, 400)}</dd></div>`)}</dl>`,
  };
}
