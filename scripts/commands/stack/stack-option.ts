import { type Command, Option } from 'commander';

/** Which stack a command is about, where it is told or the environment says so. */
export interface StackFlags {
  stage?: string;
  region?: string;
}

/** Lets a command be told which stack it is about: clients of AWS then find the region as if it were the environment's. */
export function takesStack(command: Command): Command {
  return command
    .addOption(new Option('--stage <name>', 'of the stack; dev if left out').env('STAGE'))
    .option('--region <region>', 'of the stack; that of the environment or profile if left out')
    .hook('preAction', (_, acting) => {
      const { region } = acting.opts<StackFlags>();
      if (region !== undefined) process.env.AWS_REGION = region;
    });
}
