import { Command, Option } from 'commander';
import { type Progress, reportResult, startProgress } from '#terminal';
import { takesStore } from './models/store-option.ts';

interface BundleFlags {
  model?: string[];
  arch?: 'x64' | 'arm64';
  json?: boolean;
}

export function bundleCommand(): Command {
  return takesStore(new Command('bundle'))
    .description('Make the functions and layers that are deployed, in build/, and weigh them against the limit of AWS.')
    .option('--model <ref...>', 'models to put in, the default first (NAME, NAME@3, NAME@latest); all if left out')
    .addOption(
      new Option('--arch <arch>', 'processor of the functions; that of this machine if left out').choices([
        'x64',
        'arm64',
      ]),
    )
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe bundle                             every model's production version
  $ freezeframe bundle --model gnomes --arch arm64
  $ freezeframe bundle --model gnomes@2 mnist      gnomes answers where a request names no model
`,
    )
    .action(async (flags: BundleFlags) => {
      const { bundle, hostTarget, sizeTable } = await import('#bundle');
      let progress: Progress | undefined;
      const result = await bundle({
        arch: flags.arch ?? hostTarget().arch,
        ...(flags.model ? { models: flags.model } : {}),
        progress: (done, total, note) => {
          progress ??= startProgress('Bundling', total, 'parts');
          progress.update(done, note);
        },
      }).finally(() => progress?.stop());
      reportResult(result, flags.json === true, () => {
        const made = result.rebuilt.length === 0 ? 'nothing has changed' : `made again: ${result.rebuilt.join(', ')}`;
        return `${sizeTable(result.units, result.limit)}\n${result.models.join(', ')} for ${result.platform}-${result.architecture}; ${made}`;
      });
    });
}
