/** Numbers hold commas, and never the others: where a comma fits as well, it is not the comma that separates. */
const DELIMITERS = ['\t', ';', '|', ','];
const LINES = 100;

/** The sign of the first line that the most lines have as often as it. Signs in quotes do not count. */
export function delimiterOf(sample: string): string {
  const lines = sample
    .replaceAll(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES);
  let best = { sign: ',', alike: 0 };
  for (const sign of DELIMITERS) {
    const [first = 0, ...others] = lines.map((line) => line.split(sign).length - 1);
    const alike = first === 0 ? 0 : 1 + others.filter((count) => count === first).length;
    if (alike > best.alike) best = { sign, alike };
  }
  return best.sign;
}
