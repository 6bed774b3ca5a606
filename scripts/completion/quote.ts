/** Text for a POSIX shell, bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Text for fish, where a backslash means something between quotes too. */
export function quotedForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A list as one text; what has a space in it could not be told apart, and is left out. */
export function words(names: readonly string[]): string {
  return names.filter((name) => /^\S+$/.test(name)).join(' ');
}
