import { Command } from 'commander';
import { openStore } from '#store';
import { formatTable, reportResult } from '#terminal';
import { takesStore } from './store-option.ts';

interface Flags {
  expect?: string;
  json?: true;
}

/** Where a tag must be: `none` for nowhere. */
export function expectedVersion({ expect }: Flags): { expect?: string | null } {
  return expect === undefined ? {} : { expect: expect === 'none' ? null : expect };
}

export const EXPECT = [
  '--expect <version>',
  'refuse where the tag is at another version by now; none where it must be at no version',
] as const;

export function historyCommand(): Command {
  return takesStore(new Command('history'))
    .description('say who moved which tag of a model, when, from which version and to which')
    .argument('<name>', 'the name of a model')
    .option('--json', 'print one JSON object: {"name": ..., "history": [...]}')
    .addHelpText('after', '\nExamples:\n  $ freezeframe models history gnomes')
    .action(async (name: string, { json }: Flags) => {
      const history = await openStore().history(name);
      reportResult({ name, history }, json === true, () => {
        if (history.length === 0) return `No tag of ${name} was moved yet: production is its first version.`;
        const rows = history.map(({ at, by, tag, from, to, rollback }) => [
          ...[at.replace(/\.\d+Z$/, 'Z'), by, tag, from ?? '-', to ?? '-', rollback ? 'rollback' : ''],
        ]);
        return formatTable(['WHEN', 'WHO', 'TAG', '>FROM', '>TO', ''], rows);
      });
    });
}

export function rollbackCommand(): Command {
  return takesStore(new Command('rollback'))
    .description('move a tag back to the version that it was at before; again, and it goes back one move more')
    .argument('<name>', 'the name of a model')
    .argument('[tag]', 'which tag to move', 'production')
    .option(...EXPECT)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ freezeframe models rollback gnomes\n  $ freezeframe models rollback gnomes staging',
    )
    .action(async (name: string, tag: string, flags: Flags) => {
      const { from, to } = await openStore().rollback(name, tag, expectedVersion(flags));
      const result = { name, tag, from, version: to };
      reportResult(result, flags.json === true, () => `${name}@${to} is ${tag} again; it was version ${from ?? '-'}`);
    });
}
