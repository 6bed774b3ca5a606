import { existsSync, readFileSync } from 'node:fs';
import { FreezeframeError } from '@freezeframe/inference';
import { type Argument, Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { COMMANDS, type CommandEntry } from '#commands';
import { didYouMean } from '#system';
import { asTyped, describeSystemFailure, reportFailure } from '#terminal';

export { endProcess } from '#system';

/** Exit codes, the same for every command. */
const EXIT = { done: 0, failed: 1, usedWrongly: 2 } as const;

/** Failures that another spelling of the same command line would not have had. */
const USED_WRONGLY = new Set([
  ...['used-wrongly', 'name-not-valid', 'tag-not-valid', 'reference-not-valid', 'store-not-valid'],
]);

const EXAMPLES = `
Examples:
  $ freezeframe start                                   see it all: train, freeze, bundle, serve
  $ freezeframe train photos --name animals             one subfolder of photos per class
  $ freezeframe predict animals cat.jpg                 what is on this picture?
  $ freezeframe models list                             what has been frozen
  $ freezeframe bundle --model animals --arch arm64     make what is deployed

Exit codes: 0 done, 1 failed, 2 used wrongly. Results go to stdout, progress and errors to stderr.
Models are kept in .freezeframe, or where --store or FREEZEFRAME_STORE says: a folder, or s3://bucket/prefix.`;

/**
 * Runs one command line and answers its exit code.
 * @param argv as `process.argv`: node, script, then the words of the user.
 * @param commands to choose from; all of them unless a test brings its own.
 */
export async function main(argv: readonly string[], commands: readonly CommandEntry[] = COMMANDS): Promise<number> {
  const json = argv.includes('--json');
  const { FREEZEFRAME_STORE } = process.env;
  try {
    await (await buildProgram(argv, commands)).parseAsync([...argv]);
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usedWrongly;
    reportFailure(describeSystemFailure(error), json);
    return error instanceof FreezeframeError && USED_WRONGLY.has(error.code) ? EXIT.usedWrongly : EXIT.failed;
  } finally {
    // --store is of one command line.
    if (FREEZEFRAME_STORE === undefined) delete process.env.FREEZEFRAME_STORE;
    else process.env.FREEZEFRAME_STORE = FREEZEFRAME_STORE;
  }
}

async function buildProgram(argv: readonly string[], commands: readonly CommandEntry[]): Promise<Command> {
  const program = new Command('freezeframe')
    .description('Train a picture classifier or bring the one you have, freeze it, and answer from AWS Lambda.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', EXAMPLES);
  // Only the chosen command's code is loaded: a listing should not wait for an engine.
  const words = argv.slice(2).filter((word) => !word.startsWith('-'));
  const chosen = words[0] === 'help' ? words[1] : words[0];
  const names = commands.map(({ name }) => name);
  if (words[0] === 'help' && chosen !== undefined && ![...names, 'help'].includes(chosen)) {
    const { remedy = '' } = didYouMean(chosen, names);
    throw new FreezeframeError('used-wrongly', `unknown command '${chosen}'${remedy && ` (${remedy})`}`, {
      remedy: 'See what is possible with: freezeframe --help',
    });
  }
  for (const { name, summary, load } of commands) {
    program.addCommand(name === chosen ? await load() : new Command(name).description(summary));
  }
  return strict(program, 'freezeframe', argv);
}

/** Makes a command and all below it throw instead of ending the process, and name the help that would have helped. */
function strict(command: Command, path: string, argv: readonly string[]): Command {
  for (const one of [...command.options, ...command.registeredArguments]) suggestChoices(one);
  command
    // We print the message once ourselves, in the shape of every other failure.
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => process.stdout.write(asTyped(text)),
      writeErr: (text) => process.stderr.write(asTyped(text)),
    })
    .exitOverride((error) => {
      if (error.exitCode === 0 || error.code === 'commander.help') throw error;
      // What is missing may be there, misspelt: commander looks for that later.
      const near = error.code === 'commander.missingMandatoryOptionValue' ? misspelt(command, argv) : undefined;
      throw new FreezeframeError('used-wrongly', near ?? sentence(error.message), {
        remedy: fileMeant(error) ?? `See what is possible with: ${path} --help`,
        details: { reason: error.code.replace('commander.', '') },
      });
    });
  for (const inner of command.commands) strict(inner, `${path} ${inner.name()}`, argv);
  return command;
}

/** Of a few choices, names the one that was probably meant. */
function suggestChoices(one: Option | Argument): void {
  const { argChoices, parseArg } = one;
  if (!argChoices || !parseArg) return;
  one.argParser((word: string, before: unknown) => {
    if (argChoices.includes(word)) return parseArg(word, before);
    const { remedy } = didYouMean(word, argChoices);
    const suggestion = remedy ? ` (${remedy})` : '';
    throw new InvalidArgumentError(`Allowed choices are ${argChoices.join(', ')}.${suggestion}`);
  });
}

/** The first option that the command does not know and that is near to one of its own, in commander's words. */
function misspelt(command: Command, argv: readonly string[]): string | undefined {
  const known = command.options.flatMap(({ long }) => long ?? []);
  for (const word of argv.filter((one) => one.startsWith('--')).map((one) => one.replace(/=.*$/, ''))) {
    if (known.includes(word)) continue;
    const { remedy } = didYouMean(word, known);
    if (remedy) return `unknown option '${word}' (${remedy})`;
  }
  return undefined;
}

/** A file's name may begin as options do: patterns of a shell bring it without its folder. */
function fileMeant({ code, message }: CommanderError): string | undefined {
  const word = code === 'commander.unknownOption' ? /unknown option '(.+?)'/.exec(message)?.[1] : undefined;
  return word !== undefined && existsSync(word) ? `If the file of that name is meant, write ./${word}` : undefined;
}

/** Commander's message without its prefix, and with a suggestion behind it instead of below. */
function sentence(message: string): string {
  return message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
