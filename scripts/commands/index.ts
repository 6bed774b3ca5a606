import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Imports the command's file and answers its commander `Command`. */
  load(): Promise<Command>;
}

/** Every subcommand of `freezeframe`, in the order in which a newcomer meets them. */
export const COMMANDS: readonly CommandEntry[] = [];
