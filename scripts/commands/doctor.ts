import { Command } from 'commander';
import { reportResult } from '#terminal';
import { takesStore } from './models/store-option.ts';
import { type StackFlags, takesStack } from './stack/stack-option.ts';

interface Flags extends StackFlags {
  param?: string[];
  json?: true;
}

export function doctorCommand(): Command {
  return takesStack(takesStore(new Command('doctor')))
    .description('look at this machine, the project and the AWS account: what works, what is missing, what to do')
    .option('--param <name=value...>', 'settings, as for serverless deploy')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe doctor
  $ freezeframe doctor --stage prod --param architecture=arm64

Nothing is changed, and nobody is asked but the account that your credentials are for. Exit code 1: something cannot work.`,
    )
    .action(doctor);
}

async function doctor({ json, param, ...options }: Flags): Promise<void> {
  const { examine, findingsText } = await import('#doctor');
  const { findings } = await examine({ folder: process.cwd(), parameters: param, ...options });
  const healthy = findings.every(({ state }) => state !== 'fail');
  reportResult({ healthy, findings }, json === true, () => findingsText(findings));
  if (!healthy) process.exitCode = 1;
}
