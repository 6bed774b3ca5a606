import type { Argument, Command, Option } from 'commander';

/** What may stand at one place of a command line. */
export type Value =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** Names of the models in the store. */
  | { readonly kind: 'models' }
  | { readonly kind: 'files' }
  /** Nothing that could be known here. */
  | { readonly kind: 'free' };

export interface Flag {
  /** `-k`, `--top-k` */
  readonly names: readonly string[];
  readonly summary: string;
  /** What stands behind it; undefined for a switch. */
  readonly value?: Value;
}

/** A command with all that may follow it. */
export interface Place {
  /** The words that lead there, each after a space: `''`, `' models'`, `' models show'`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly Flag[];
  /** What its arguments may be, each kind once. */
  readonly values: readonly Value[];
}

const MODELS = ['model', 'ref', 'reference'];
/** Arguments of `freezeframe models`. */
const NAMES_OF_MODELS = ['name', 'a', 'b'];
const FILES = ['file', 'files', 'folder', 'folders', 'data', 'place', 'path', 'pictures', 'source'];

/** Every command of a commander tree, the program itself first. */
export function placesOf(command: Command, path = ''): Place[] {
  const help = { names: ['-h', '--help'], summary: 'explain this command' };
  const commands = command.commands.map((inner) => ({ name: inner.name(), summary: firstLine(inner.description()) }));
  const place = {
    path,
    commands,
    flags: [...command.options.filter(({ hidden }) => !hidden).map(flagOf), help],
    values: kinds(command.registeredArguments.map((argument) => valueFor(argument, argument.name(), path))),
  };
  return [place, ...command.commands.flatMap((inner) => placesOf(inner, `${path} ${inner.name()}`))];
}

/** What stands behind a flag with a value: the words that end there, and what it may be. */
export function valuesBehind(places: readonly Place[]): { ends: string[]; value: Value }[] {
  return places.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) => (value ? [{ ends: names.map((name) => `${path} ${name}`), value }] : [])),
  );
}

function flagOf(option: Option): Flag {
  const { short, long, description, flags } = option;
  const [, placeholder] = /[<[]([^>\]]+)/.exec(flags) ?? [];
  return {
    names: [short, long].filter((name) => name !== undefined),
    summary: firstLine(description),
    ...(placeholder ? { value: valueFor(option, placeholder, '') } : {}),
  };
}

function valueFor({ argChoices }: Argument | Option, name: string, path: string): Value {
  if (argChoices) return { kind: 'choices', choices: argChoices };
  const word = name.replace(/\W.*$/, '');
  if (MODELS.includes(word) || (path.startsWith(' models') && NAMES_OF_MODELS.includes(word)))
    return { kind: 'models' };
  return { kind: FILES.includes(word) ? 'files' : 'free' };
}

function kinds(values: readonly Value[]): Value[] {
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))];
  return texts.map((text) => JSON.parse(text) as Value).filter(({ kind }) => kind !== 'free');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
