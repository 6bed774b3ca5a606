import { html, named } from '../html.ts';
import type { ReportInput } from '../report-input.ts';
import { type Section, scrolling, table } from './section.ts';

export function performance(rows: NonNullable<ReportInput['performance']>): Section {
  return {
    id: 'performance',
    title: 'Before and after freezing',
    body: scrolling(
      'Size, speed and memory',
      table(
        'Measured on this machine',
        ['What', '>Before', '>After'],
        rows.map(([what, before, after]) => [named(what), named(before), named(after)]),
      ),
    ),
  };
}

export function provenance({ provenance: rows }: ReportInput): Section {
  return {
    id: 'provenance',
    title: 'Where it comes from',
    body: html`<dl>${rows.map(([what, value]) => html`<div><dt>${named(what)}</dt><dd>${named(value, 400)}</dd></div>`)}</dl>`,
  };
}
