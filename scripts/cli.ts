import { FreezeframeError } from '@freezeframe/inference';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/index.ts';
import { reportFailure } from './terminal/report.ts';

/** Exit codes, the same for every command. */
export const EXIT = { done: 0, failed: 1, usedWrongly: 2 } as const;

/**
 * Runs one command line and answers its exit code.
 * @param argv as `process.argv`: node, script, then the words of the user.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('freezeframe')
    .description('Train a picture classifier or bring the one you have, freeze it, and answer from AWS Lambda.')
    .showHelpAfterError('(add --help to see what is possible)')
    .exitOverride();
  // Only the chosen command's code is loaded: a listing should not wait for an engine.
  for (const { name, summary, load } of COMMANDS) {
    if (argv[2] === name) program.addCommand(strict(await load()));
    else program.addCommand(new Command(name).description(summary));
  }
  try {
    await program.parseAsync([...argv]);
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.done;
  } catch (error) {
    // Commander has printed its own message by the time it throws.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usedWrongly;
    reportFailure(error, argv.includes('--json'));
    return error instanceof FreezeframeError && error.code === 'used-wrongly' ? EXIT.usedWrongly : EXIT.failed;
  }
}

function strict(command: Command): Command {
  for (const inner of [command, ...command.commands])
    inner.exitOverride().showHelpAfterError('(add --help to see what is possible)');
  return command;
}
