import { basename } from 'node:path';

/** As it was typed, without folders of this machine. */
export function commandLine(argv: readonly string[] = process.argv): string {
  const words = argv.slice(2).filter((word) => word !== '--json');
  const told = words.map((word) => (word.includes('/') ? basename(word) : word));
  return ['freezeframe', ...told].map((word) => (/^[\w./@:+=-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
