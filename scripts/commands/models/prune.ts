import { Command } from 'commander';
import { openStore, prune } from '#store';
import { countOf, reportResult, wholeAboveZero } from '#terminal';
import { takesStore } from './store-option.ts';

interface Flags {
  keep: number;
  dryRun?: true;
  json?: true;
}

export function pruneCommand(): Command {
  return takesStore(new Command('prune'))
    .description('remove old versions without a tag, and what interrupted uploads have left')
    .argument('[name]', 'of this model only')
    .option('--keep <number>', 'so many of the newest versions of each model stay', wholeAboveZero, 5)
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe models prune --dry-run
  $ freezeframe models prune gnomes --keep 2

Versions with a tag stay, and those that a tag would go back to. Functions answer with tagged versions, and a layer has
its own copy: nothing that is deployed is lost.`,
    )
    .action(async (name: string | undefined, { keep, dryRun, json }: Flags) => {
      const dry = dryRun === true;
      const done = await prune(openStore(), { name, keep, dryRun: dry });
      reportResult({ ...done, dryRun: dry }, json === true, () => {
        const names = done.removed.map((one) => `${one.name}@${one.version}`);
        const what = names.length === 0 ? 'Nothing' : names.join(', ');
        const swept = done.swept > 0 ? `; ${countOf(done.swept, 'interrupted uploads')} cleared away` : '';
        return `${what} ${dry ? 'would be removed' : 'removed'}; ${countOf(done.kept, 'versions')} ${done.kept === 1 ? 'stays' : 'stay'}${swept}`;
      });
    });
}
