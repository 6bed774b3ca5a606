// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const HOSTILE = /[\u0000-\u001f\u007f-\u009f]|\p{Cs}|^__proto__$/u;

/** Long enough for layers within models within models. */
export const MAX_NAME_LENGTH = 1024;

/** Whether a name from a file is text that can be shown, stored as JSON and used as a key. */
export function isPlainName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && !HOSTILE.test(name);
}
