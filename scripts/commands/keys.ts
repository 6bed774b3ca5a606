import { FreezeframeError } from '@freezeframe/inference';
import { Command, Option } from 'commander';
import { KEY_SCOPES, type KeyRecord, type KeyScope } from '#functions';
import type { KeyStore } from '#keys';
import { formatTable, reportResult } from '#terminal';
import defaults from '../../resources/defaults.json' with { type: 'json' };
import { type StackFlags, takesStack } from './stack/stack-option.ts';

interface Flags extends StackFlags {
  path?: string;
  local?: true;
  json?: true;
  expires?: string;
  scope?: KeyScope[];
}

/** Seconds after which a new key works and a revoked one stops. */
const TTL = defaults.keysTtl;

export function keysCommand(): Command {
  const command = new Command('keys').description('keys of the HTTP API: make, list and revoke them').addHelpText(
    'after',
    `
Examples:
  $ freezeframe keys create "web shop" --stage prod --expires 90d
  $ freezeframe keys create reports --scope read
  $ freezeframe keys list --stage prod
  $ freezeframe keys revoke "web shop" --stage prod
  $ freezeframe keys create me --local && freezeframe dev --auth key

A key is shown once, when it is made. What is kept is its SHA-256, in the account's Parameter Store below
/SERVICE/STAGE/keys (--path names another place), or with --local in the store of this machine.`,
  );
  const sub = (name: string, description: string) =>
    takesStack(command.command(name))
      .description(description)
      .option(
        '--path <path>',
        'of the parameters, where it is not /SERVICE/STAGE/keys, with the service of serverless.yml',
      )
      .option('--local', 'for freezeframe dev --auth key on this machine')
      .option('--json', 'print JSON');
  sub('create', 'make a key and show it, once')
    .argument('<name>', 'what it is for, to know it by when it is to be revoked')
    .option('--expires <when>', '90d, 12h, 2w, 1y, or a day: 2030-12-31; never if left out')
    .addOption(
      new Option('--scope <scope...>', 'read: models and results; classify: pictures; both if left out').choices(
        KEY_SCOPES,
      ),
    )
    .action(create);
  sub('list', 'every key by name; the keys themselves are known to nobody').action(list);
  sub('revoke', 'make a key open nothing any more').argument('<name or id>').action(revoke);
  return command;
}

async function open({ stage, path, region, local }: Flags): Promise<KeyStore> {
  const { keyFile, keysPath, localKeyFile, parameterStore } = await import('#keys');
  return local ? keyFile(path ?? localKeyFile()) : parameterStore(path ?? keysPath(stage), region);
}

async function create(name: string, flags: Flags): Promise<void> {
  const { createKey, parseExpiry, stateOf } = await import('#keys');
  if (name.trim() === '' || name.length > 100) {
    throw new FreezeframeError('used-wrongly', 'Expected a name of 1 to 100 characters for the key.');
  }
  const expiresAt = flags.expires ? parseExpiry(flags.expires) : undefined;
  const store = await open(flags);
  if ((await store.list()).some((record) => record.name === name && stateOf(record) === 'good')) {
    throw new FreezeframeError('key-exists', `There is a key called ${name} already.`, {
      remedy: 'Choose another name, or revoke it first: two keys of a name cannot be told apart.',
    });
  }
  const { key, record } = createKey({ name, expiresAt, scopes: flags.scope });
  await store.put(record);
  reportResult({ key, ...(await shown(record)), place: store.place }, flags.json === true, () =>
    [
      key,
      '',
      `Keep it now: it is not shown again. It works within ${TTL} s${expiresAt ? `, until ${expiresAt}` : ''}, as in:`,
      `  curl -H "authorization: Bearer ${key}" ...`,
    ].join('\n'),
  );
}

/** What names the same keys again. */
function placeOf({ local, stage }: Flags): string {
  if (local) return ' --local';
  return stage ? ` --stage ${stage}` : '';
}

async function list(flags: Flags): Promise<void> {
  const records = await Promise.all((await (await open(flags)).list()).map(shown));
  reportResult({ keys: records }, flags.json === true, () =>
    records.length === 0
      ? `No keys yet: where keys are asked for, nobody may call. Make one with: freezeframe keys create NAME${placeOf(flags)}`
      : formatTable(
          ['NAME', 'ID', 'STATE', 'SCOPES', 'CREATED', 'EXPIRES'],
          records.map((record) => [
            record.name,
            record.id,
            record.state,
            record.scopes?.join(', ') ?? 'all',
            record.createdAt.slice(0, 10),
            record.expiresAt?.slice(0, 10) ?? 'never',
          ]),
        ),
  );
}

async function revoke(said: string, flags: Flags): Promise<void> {
  const { pick } = await import('#keys');
  const store = await open(flags);
  const record = pick(await store.list(), said);
  const revokedAt = record.revokedAt ?? new Date().toISOString();
  if (!record.revokedAt) await store.put({ ...record, revokedAt });
  reportResult(
    await shown({ ...record, revokedAt }),
    flags.json === true,
    () => `${record.name} (${record.id}) is revoked; it stops within ${TTL} s`,
  );
}

/** What may be shown of a record. */
async function shown(record: KeyRecord) {
  const { stateOf } = await import('#keys');
  const { sha256: _, ...rest } = record;
  return { ...rest, state: stateOf(record) };
}
