import type { Command } from 'commander';

/** Lets a command be told where models are: everything below it then finds that place as if it were the environment's. */
export function takesStore(command: Command): Command {
  return command
    .option('--store <place>', 'where models are: a folder or s3://bucket/prefix; FREEZEFRAME_STORE if left out')
    .hook('preAction', (_, acting) => {
      const { store } = acting.opts<{ store?: string }>();
      if (store !== undefined) process.env.FREEZEFRAME_STORE = store;
    });
}
