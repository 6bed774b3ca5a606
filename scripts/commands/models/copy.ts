import { FreezeframeError } from '@freezeframe/inference';
import { Command } from 'commander';
import { copyVersion, defaultStore, openStore } from '#store';
import { formatBytes, reportResult } from '#terminal';

interface Flags {
  store?: string;
  local?: string;
  tag?: string;
  json?: true;
}

/** Both ways between the folder of this machine and a store that is shared. */
const WAYS = {
  push: {
    description: 'copy a version from this machine to a shared store; what is there already is not copied again',
    examples: `
  $ freezeframe models push gnomes --store s3://our-models/team
  $ freezeframe models push gnomes@latest --tag staging        FREEZEFRAME_STORE=s3://our-models/team`,
  },
  pull: {
    description: 'copy a version from a shared store to this machine',
    examples: `
  $ freezeframe models pull gnomes --store s3://our-models/team
  $ freezeframe models pull gnomes@staging                     FREEZEFRAME_STORE=s3://our-models/team`,
  },
} as const;

export function copyCommand(way: keyof typeof WAYS): Command {
  const { description, examples } = WAYS[way];
  return new Command(way)
    .description(description)
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .option('--store <place>', 'the shared one: s3://bucket/prefix or a folder; FREEZEFRAME_STORE if left out')
    .option('--local <folder>', 'the one of this machine; .freezeframe if left out')
    .option('--tag <tag>', 'give the copy this tag')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `\nExamples:${examples}\n\nThe copy has the next number of its store; the digest says that it is the same content.`,
    )
    .action(async (reference: string, flags: Flags) => {
      const { local, shared } = placesOf(way, flags);
      const [source, target] = way === 'push' ? [local, shared] : [shared, local];
      const { from, to } = await copyVersion(source, target, reference);
      if (flags.tag !== undefined) await target.tag(`${to.name}@${to.version}`, flags.tag);
      const { tags } = await target.find(`${to.name}@${to.version}`);
      const bytes = to.manifest.files['model.onnx'].bytes;
      const place = (store: { location: string }, version: string) => ({ store: store.location, version });
      const result = {
        name: to.name,
        digest: to.digest,
        bytes,
        from: place(source, from.version),
        to: place(target, to.version),
        tags,
      };
      reportResult(result, flags.json === true, () => {
        const tagged = tags.length > 0 ? `, ${tags.join(', ')}` : '';
        return `${to.name}@${from.version} of ${source.location} is ${to.name}@${to.version} of ${target.location} (${formatBytes(bytes)}${tagged})`;
      });
    });
}

/** @throws FreezeframeError `used-wrongly` where no shared store is named, or both are one. */
function placesOf(way: string, { store, local }: Flags) {
  const place = store ?? process.env.FREEZEFRAME_STORE;
  // A folder that the environment names is this machine's where another store is named beside it.
  const own = openStore(local ?? (store === undefined ? '.freezeframe' : defaultStore()));
  if (place) {
    const shared = openStore(place);
    if (shared.location !== own.location) return { local: own, shared };
  }
  throw new FreezeframeError('used-wrongly', `Expected another store than ${own.location} to ${way} models`, {
    remedy: 'Name the shared one with --store s3://bucket/prefix, or set FREEZEFRAME_STORE to it.',
  });
}
