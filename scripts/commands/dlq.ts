import { createInterface } from 'node:readline/promises';
import { FreezeframeError } from '@freezeframe/inference';
import { Command } from 'commander';
import type { DeadLetters } from '#stack';
import { countOf, formatTable, reportResult, wholeAboveZero } from '#terminal';
import { type StackFlags, takesStack } from './stack/stack-option.ts';

interface Flags extends StackFlags {
  queue?: string;
  json?: true;
  all?: true;
  yes?: true;
  to?: string;
  limit?: number;
}

export function dlqCommand(): Command {
  const command = new Command('dlq')
    .description('uploads that could not be answered: look at them, send them again, drop them')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe dlq list --stage prod
  $ freezeframe dlq show 5c1f0f0e-7f9e-4a39-9c55-3f8f3a2f6a11
  $ freezeframe dlq redrive --all                 try them all again; what was answered is not answered twice
  $ freezeframe dlq drop 5c1f0f0e-7f9e-4a39-9c55-3f8f3a2f6a11

The queue is the one of the deployed stack (--stage), or the one that --queue names by its URL.`,
    );
  const sub = (name: string, description: string) =>
    takesStack(command.command(name))
      .description(description)
      .option('--queue <url>', 'another queue of dead letters')
      .option('--json', 'print JSON');
  sub('list', 'what is there, the oldest first; nothing is taken away')
    .option('--limit <number>', 'at most so many', wholeAboveZero, 100)
    .action(list);
  sub('show', 'one message, and why nobody understood it').argument('<id>').action(show);
  sub('redrive', 'send messages to the queue they came from; each is kept here until it is there')
    .argument('[ids...]')
    .option('--all', 'all that are there')
    .option('--to <url>', 'send them to this queue')
    .action(redrive);
  sub('drop', 'remove messages for good; asks first')
    .argument('[ids...]')
    .option('--all', 'all that are there')
    .option('--yes', 'do not ask')
    .action(drop);
  return command;
}

async function open({ queue, stage }: Flags): Promise<DeadLetters> {
  const { DeadLetters, stackName, stackOutput } = await import('#stack');
  return DeadLetters.open(queue ?? (await stackOutput(stackName(stage), 'DeadLetterQueueUrl')));
}

async function list(flags: Flags): Promise<void> {
  const letters = await (await open(flags)).list(flags.limit ?? 100);
  const rows = letters.map(({ body: _, ...rest }) => rest);
  reportResult(rows, flags.json === true, () =>
    rows.length === 0
      ? 'Nothing: everything was answered.'
      : formatTable(
          ['id', 'sent', '>received', 'about'],
          rows.map(({ id, sentAt, received, about, reason }) => [
            id,
            sentAt,
            `${received}`,
            reason ?? about.join(', '),
          ]),
        ),
  );
}

async function show(id: string, flags: Flags): Promise<void> {
  const letter = await (await open(flags)).show(id);
  const { about, reason, sentAt, received, body } = letter;
  reportResult(letter, flags.json === true, () =>
    [
      `${id}, sent ${sentAt}, received ${countOf(received, 'times')}`,
      reason ?? `${about.join(', ') || 'nothing to do'}: understood; the log of the function says why it failed`,
      body,
    ].join('\n'),
  );
}

async function redrive(ids: string[], flags: Flags): Promise<void> {
  const chosen = choose(ids, flags);
  const sent = await (await open(flags)).redrive(chosen, flags.to);
  reportResult({ redriven: sent }, flags.json === true, () => `${count(sent)} sent to be answered again`);
}

async function drop(ids: string[], flags: Flags): Promise<void> {
  const chosen = choose(ids, flags);
  if (!flags.yes) await confirm(chosen ? `${count(chosen)}` : 'every message');
  const gone = await (await open(flags)).drop(chosen);
  reportResult({ dropped: gone }, flags.json === true, () => `${count(gone)} dropped`);
}

/** @returns undefined for all of them. */
function choose(ids: readonly string[], { all }: Flags): readonly string[] | undefined {
  if (ids.length > 0 !== (all === true)) return all ? undefined : [...new Set(ids)];
  throw new FreezeframeError('used-wrongly', 'Expected either ids of messages or --all', {
    remedy: 'See what there is with: freezeframe dlq list',
  });
}

async function confirm(what: string): Promise<void> {
  if (process.stdin.isTTY) {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`Drop ${what} for good? [y/N] `).finally(() => terminal.close());
    if (/^y(es)?$/i.test(answer.trim())) return;
    throw new FreezeframeError('not-confirmed', 'Nothing was dropped.');
  }
  throw new FreezeframeError('used-wrongly', 'Nobody is there to be asked', { remedy: `To drop ${what}: add --yes.` });
}

function count(ids: readonly string[]): string {
  return countOf(ids.length, 'messages');
}
