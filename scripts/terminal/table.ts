import { printableLine } from './report.ts';

/**
 * Rows as aligned columns, two spaces apart, for people.
 * @param header one title per column; a title that begins with ">" makes a column of numbers, aligned to the right.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const right = header.map((title) => title.startsWith('>'));
  const lines = [header.map((title) => title.replace(/^>/, '')), ...rows].map((line) => line.map(printableLine));
  const widths = header.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map((line) =>
      widths
        .map((wanted, column) => {
          const text = line[column] ?? '';
          const space = ' '.repeat(wanted - width(text));
          return right[column] ? space + text : text + space;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Characters as people count them: an accent that is a code point of its own takes no room. */
function width(text: string): number {
  return [...text.normalize('NFC').replaceAll(/\p{Mn}/gu, '')].length;
}

/** Bytes for people: 1,234,567 -> "1.2 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    // Rounded first: 999,950 is 1.0 MB, never 1000.0 kB.
    if (Number(value.toFixed(1)) < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** An amount for people, to so many digits of its own: 16278.78 -> "16,280 USD", 0.00012345 -> "0.0001235". */
export function formatAmount(value: number, unit: string, maximumSignificantDigits = 4): string {
  return `${value.toLocaleString('en', { maximumSignificantDigits })} ${unit}`.trimEnd();
}

/** A share of one for people: 0.9731 -> "97.3 %". */
export function formatShare(share: number): string {
  return `${percent(share)} %`;
}

/** A difference of shares in points: 0.0213 -> "2.1 points". */
export function formatPoints(difference: number): string {
  const text = percent(difference);
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}

function percent(share: number, digits = 1): string {
  return (share * 100).toFixed(digits);
}

/** Of so many samples one more right answer shows in the second decimal only. */
const MANY_SAMPLES = 5_000;

/** An accuracy for people: the share itself, and what it rests on, "95 % interval 92.8-97.5 %, 300 pictures". */
interface AccuracyWords {
  readonly share: string;
  readonly basis: string;
}

/** @param counted what the samples are. @returns undefined where the figures hold no accuracy */
export function accuracyWords(
  { accuracy, accuracyLow, accuracyHigh, count }: Readonly<Record<string, unknown>>,
  counted = 'pictures',
): AccuracyWords | undefined {
  if (typeof accuracy !== 'number') return undefined;
  const digits = typeof count === 'number' && count >= MANY_SAMPLES ? 2 : 1;
  const basis = [
    ...(typeof accuracyLow === 'number' && typeof accuracyHigh === 'number'
      ? [`95 % interval ${percent(accuracyLow, digits)}-${percent(accuracyHigh, digits)} %`]
      : []),
    ...(typeof count === 'number' ? [countOf(count, counted)] : []),
  ];
  return { share: `${percent(accuracy, digits)} %`, basis: basis.join(', ') };
}

/** The one way in which an accuracy is told: "95.7 % (95 % interval 92.8-97.5 %, 300 pictures)". */
export function formatAccuracy(metrics: Readonly<Record<string, unknown>>, counted?: string): string | undefined {
  const words = accuracyWords(metrics, counted);
  return words && (words.basis ? `${words.share} (${words.basis})` : words.share);
}

/**
 * How the comparison of a frozen model with another implementation begins: it was of the graph of floats. How near numbers
 * stored as bytes are is told by the figures `precision` and `weights` of the metrics.
 */
export function verifiedAs(metrics: Readonly<Record<string, unknown>>): string {
  const stored = [metrics.precision, metrics.weights].some(
    (one) => (one as { kept?: unknown } | undefined)?.kept === 'int8',
  );
  return stored ? 'before its numbers were stored as bytes, as' : 'as';
}

/** The one way in which the error of numbers is told: "16,280 USD (root mean squared 21,400 USD, 300 rows)". */
export function formatError(
  { meanAbsoluteError, rootMeanSquaredError, count }: Readonly<Record<string, unknown>>,
  unit: string,
  counted = 'rows',
): string | undefined {
  if (typeof meanAbsoluteError !== 'number') return undefined;
  const basis = [
    ...(typeof rootMeanSquaredError === 'number'
      ? [`root mean squared ${formatAmount(rootMeanSquaredError, unit)}`]
      : []),
    ...(typeof count === 'number' ? [countOf(count, counted)] : []),
  ];
  return `${formatAmount(meanAbsoluteError, unit)}${basis.length > 0 ? ` (${basis.join(', ')})` : ''}`;
}

/** "1 picture", "1,200 test pictures". */
export function countOf(count: number, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? many.replace(/s$/, '') : many}`;
}

/** As a sentence begins. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What is longer than a few lines is for machines. */
const MOST_SHOWN = 300;

export function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, 60)}… (${countOf(text.length, 'characters')})` : text;
}
