import type { UploadReport } from './aws/uploads.ts';

/** One line on an answered upload, for a person. */
export function uploadLine(report: UploadReport): string {
  if ('deadLetter' in report) return `${report.key}: no answer (${report.reason}); moved to ${report.deadLetter}`;
  return `${report.key}: ${describeResult(report.result)}`;
}

/** A result object or problem document in a few words. */
export function describeResult(result: unknown): string {
  const { predictions, values, title, detail } = (result ?? {}) as {
    predictions?: { label: string; probability: number }[];
    values?: { name: string; value: number; unit: string }[];
    title?: string;
    detail?: string;
  };
  if (predictions?.[0]) return `${predictions[0].label} ${(100 * predictions[0].probability).toFixed(1)} %`;
  if (values) return values.map(({ name, value, unit }) => `${name} ${value} ${unit}`.trim()).join(', ');
  return [title, detail].filter(Boolean).join(': ') || 'no result';
}
