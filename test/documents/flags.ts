import { Command } from 'commander';
import { COMMANDS } from '../../scripts/commands/index.ts';
import { type Place, placesOf } from '../../scripts/completion/places.ts';

/** Flags of other programs that documents name without their program beside them. */
const OTHERS = ['--rounds', '--only', '--out', '--compare', '--unsigned', '--verbose'];

const FLAG = /(?<![\w-])--[a-z][\w-]*/g;

/** Every command with its options. */
export async function everyPlace(): Promise<Place[]> {
  const program = new Command('freezeframe').option('-V, --version');
  for (const { load } of COMMANDS) program.addCommand(await load());
  return placesOf(program);
}

/** Flags that a document gives to a command which does not take them, or that nobody takes, one sentence each. */
export function strangeFlags(name: string, text: string, places: readonly Place[]): string[] {
  const taken = new Map(places.map(({ path, flags }) => [path, flags.flatMap(({ names }) => names)]));
  const all = [...taken.values()].flat();
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.flatMap((line) => [
    ...[...line.matchAll(/freezeframe((?: [a-z]+)+)([^\n`|;]*)/g)].flatMap(([, words = '', rest = '']) => {
      const path = longest(words, taken);
      const flags = path === undefined ? [] : (rest.replace(/ # .*/, '').match(FLAG) ?? []);
      return flags
        .filter((flag) => !taken.get(path ?? '')?.includes(flag))
        .map((flag) => `${name}:${path} takes no ${flag}`);
    }),
    ...[...line.matchAll(/`(--[a-z][\w-]*)[^`]*`/g)]
      .filter(([, flag = '']) => !all.includes(flag) && !OTHERS.includes(flag))
      .map(([, flag]) => `${name}: nothing takes ${flag}`),
  ]);
}

/** The command that the words begin with: ` models show` of ` models show gnomes`. */
function longest(words: string, taken: ReadonlyMap<string, unknown>): string | undefined {
  for (let path = words; path !== ''; path = path.replace(/ [a-z]+$/, '')) if (taken.has(path)) return path;
  return undefined;
}
