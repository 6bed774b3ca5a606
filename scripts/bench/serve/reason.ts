/** What each line of npm begins with. */
const NPM = /^npm (error|ERR!) ?/;
const SAYS_NOTHING = /^$|^A complete log of this run/;

/** Where a program has said more than one line: its error, not the stack, the version or the log behind it. */
export function reasonOf(error: Error & { stderr?: string }): string {
  const said = (error.stderr ?? '')
    .split('\n')
    .map((line) => line.replace(NPM, '').trim())
    .filter((line) => !SAYS_NOTHING.test(line));
  const line = said.find((one) => /^\w*Error\b/.test(one)) ?? said.at(-1) ?? error.message.replaceAll('\n', ' | ');
  return line.slice(0, 200);
}
