import type { Cost, Performance, Spread } from '#evaluate';
import { formatBytes } from '#terminal';
import { type Html, html, named } from '../html.ts';
import type { ReportInput } from '../report-input.ts';
import { absent, type Section, scrolling, table } from './section.ts';

const HEAD = { id: 'performance', title: 'Before and after freezing' };

/** Size, speed and memory, each beside what it was before. */
export function performance({ performance: measured }: ReportInput): Section {
  if (measured === undefined) return absent(HEAD, 'Size, speed and memory were not measured.');
  const { before, after } = measured;
  const rows = ROWS.filter(({ of }) => of(before) !== undefined || of(after) !== undefined);
  const missing = rows.filter(({ of }) => of(before) === undefined).map(({ what }) => what.toLowerCase());
  return {
    ...HEAD,
    body: html`<p>${sentence(measured)}</p>${scrolling(
      'Size, speed and memory',
      table(
        'Measured on this machine',
        ['What', '>Before', '>After'],
        rows.map(({ what, of }) => [what, of(before) ?? '–', of(after) ?? '–']),
      ),
    )}<p class="note">Before: ${named(before.what, 300)}. Speeds are medians of warm answers to one sample each, with the middle half of them. Memory is the most that the whole process held, Node itself included.${
      missing.length > 0 ? ` Not measured before freezing: ${missing.join(', ')}.` : ''
    }</p>`,
  };
}

const ROWS: readonly { what: string; of: (cost: Cost) => string | undefined }[] = [
  { what: 'Size', of: ({ bytes }) => (bytes === undefined ? undefined : formatBytes(bytes)) },
  { what: 'One answer, the model alone', of: ({ run }) => spread(run) },
  { what: 'One answer, decoding included', of: ({ whole }) => spread(whole) },
  { what: 'Peak memory', of: ({ peakBytes }) => (peakBytes === undefined ? undefined : formatBytes(peakBytes)) },
];

function spread(times: Spread | undefined): string | undefined {
  return times && `${milliseconds(times.median)} ms (${milliseconds(times.low)}-${milliseconds(times.high)})`;
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

function sentence({ after }: Performance): Html {
  const { bytes, run, whole } = after;
  const answer = whole ?? run;
  if (answer === undefined) return html`Frozen, it takes ${formatBytes(bytes ?? 0)}. Its speed could not be measured.`;
  return html`Frozen, it takes ${formatBytes(bytes ?? 0)} and answers in ${milliseconds(answer.median)} ms.`;
}
