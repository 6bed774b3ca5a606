/**
 * Rows as aligned columns, two spaces apart, for people.
 * @param header one title per column; a title that begins with ">" makes a column of numbers, aligned to the right.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const right = header.map((title) => title.startsWith('>'));
  const lines = [header.map((title) => title.replace(/^>/, '')), ...rows];
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
  return `${(share * 100).toFixed(1)} %`;
}

/** An accuracy for people, always with the 95 % interval that the number of samples leaves it. */
export function formatAccuracy({ accuracy, accuracyLow, accuracyHigh }: Record<string, unknown>): string | undefined {
  if (typeof accuracy !== 'number') return undefined;
  if (typeof accuracyLow !== 'number' || typeof accuracyHigh !== 'number') return formatShare(accuracy);
  return `${formatShare(accuracy)} (95 % interval ${formatShare(accuracyLow)} to ${formatShare(accuracyHigh)})`;
}
