import { Argument, Command } from 'commander';
import type { CommandEntry } from './index.ts';

/** @param all asked when a shell's script is made: every command, this one among them. */
export function completionCommand(all: () => readonly CommandEntry[]): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands, options and names of models.')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(freezeframe completion bash)"                     # in ~/.bashrc
  $ eval "$(freezeframe completion zsh)"                      # in ~/.zshrc, after compinit
  $ freezeframe completion fish > ~/.config/fish/completions/freezeframe.fish

It completes the word freezeframe. In a project that runs npx freezeframe: alias freezeframe='npx freezeframe'.`,
    )
    .action((shell: 'bash' | 'zsh' | 'fish') => print(shell, all()));
}

async function print(shell: 'bash' | 'zsh' | 'fish', commands: readonly CommandEntry[]): Promise<void> {
  const { COMPLETIONS, placesOf } = await import('#completion');
  const program = new Command('freezeframe').option('-V, --version', 'print the version');
  for (const { load } of commands) program.addCommand(await load());
  const names = commands.map(({ name }) => name);
  program.addCommand(new Command('help').addArgument(new Argument('[command]').choices(names)));
  process.stdout.write(COMPLETIONS[shell](placesOf(program)));
}
