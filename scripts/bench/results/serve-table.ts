import type { ServeFigures } from '../serve/run.ts';
import { markdownTable } from './markdown.ts';

/** One table for starts and memory, one for each picture. */
export function serveTable(figures: ServeFigures): string {
  const all = Object.entries(figures);
  const measured = all.filter(([, { skipped }]) => skipped === undefined);
  const starts = markdownTable(
    [
      'subject',
      'made of',
      'ready, ms',
      'of floor',
      'CPU, ms',
      'of floor',
      'first answer, ms',
      'of floor',
      'peak RSS, MB',
      'deployed, MB',
    ],
    measured.map(([name, { about, bytes, cold, peakMb }]) => [
      ...[
        name,
        about,
        cold?.readyMs,
        cold?.readyRatio,
        cold?.readyCpuMs,
        cold?.readyCpuRatio,
        cold?.firstMs,
        cold?.firstRatio,
        peakMb,
      ],
      bytes === undefined ? undefined : (bytes / 1e6).toFixed(0),
    ]),
  );
  const names = [...new Set(measured.flatMap(([, { warm = {} }]) => Object.keys(warm)))];
  const pictures = names.map((picture) => {
    const rows = measured.flatMap(([name, { warm }]) => {
      const one = warm?.[picture];
      if (!one) return [];
      const { medianMs, p95Ms, p99Ms, spread, ratio, cpuMs, cpuRatio, dollarsPerMillion } = one;
      const shown = [medianMs.toFixed(1), p95Ms.toFixed(1), p99Ms.toFixed(1), `${(100 * spread).toFixed(0)} %`];
      return [[name, ...shown, ratio, cpuMs?.toFixed(1), cpuRatio, dollarsPerMillion]];
    });
    const header = ['median, ms', 'p95', 'p99', 'spread', 'of floor', 'CPU, ms', 'of floor', 'dollars per million'];
    return `**${picture}**\n\n${markdownTable(['subject', ...header], rows)}`;
  });
  const skipped = all.flatMap(([name, { skipped }]) =>
    skipped === undefined ? [] : [`- ${name} was left out: ${skipped}`],
  );
  return [starts, ...pictures, skipped.join('\n')].filter(Boolean).join('\n\n');
}
