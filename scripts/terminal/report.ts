import { FreezeframeError } from '@freezeframe/inference';

/**
 * What moves a cursor, starts an escape sequence or changes the order of the text around it: controls of both sets (0x9b
 * starts a sequence too), line separators, direction marks, spaces without width, halves of pairs. Joiners stay: scripts and emoji need them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Text that may hold names from outside, for a terminal: what would not print is shown as `\u001b`. Lines stay lines. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => (character === '\n' ? character : escaped(character)));
}

/** The same on one line: a name of a file or a label may hold a line's end, and would look like a line of ours. */
export function printableLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/** JSON on one line in which nothing unprintable is left, with the same meaning. */
export function printableJson(value: unknown): string {
  return printableLine(JSON.stringify(value));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Commands in a text as they can be typed: in a project, where a package manager has started this one, the bare name is on
 * nobody's PATH.
 */
export function asTyped(text: string): string {
  return process.env.npm_config_user_agent
    ? text.replaceAll(/(?<![\w/\\@.-]|npx )freezeframe(?= (?:[a-z]|--|\[))/g, 'npx freezeframe')
    : text;
}

/** Prints one result on stdout: a JSON line for machines, or what `human` says. Everything else belongs on stderr. */
export function reportResult(result: unknown, json: boolean, human: () => string): void {
  process.stdout.write(`${json ? printableJson(result) : printable(asTyped(human()))}\n`);
}

/** Says something beside the result, on stderr. */
export function say(text: string): void {
  process.stderr.write(`${printable(asTyped(text))}\n`);
}

/** Set in the environment of a command by another one that reads its JSON and tells the failure itself. */
export const QUIET_FAILURES = 'FREEZEFRAME_QUIET_FAILURES';

/**
 * Prints why a command failed: `{"error": {"code", "message", "details"}}` on stdout with `--json`, sentences on stderr
 * otherwise. A failure that nobody foresaw keeps its stack, so that it can be reported.
 */
export function reportFailure(error: unknown, json: boolean): void {
  const known = error instanceof FreezeframeError;
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const remedy = known && error.remedy ? { remedy: error.remedy } : {};
    const code = known ? error.code : 'internal';
    process.stdout.write(
      `${printableJson({ error: { code, message, details: known ? error.details : {}, ...remedy } })}\n`,
    );
  }
  if (json && known && process.env[QUIET_FAILURES]) return;
  const text = known ? message : error instanceof Error && error.stack ? error.stack : message;
  say(`freezeframe: ${text}`);
  if (known && error.remedy) say(`  ${error.remedy}`);
}
