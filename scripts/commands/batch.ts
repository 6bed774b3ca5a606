import { FreezeframeError } from '@freezeframe/inference';
import { Command } from 'commander';
import type { BatchInput, BatchState, BatchSummary } from '#stack';
import { formatTable, type Progress, reportResult, say, startProgress, wholeAboveZero } from '#terminal';
import { type StackFlags, takesStack } from './stack/stack-option.ts';

interface Flags extends StackFlags {
  manifest?: true;
  model?: string;
  topK?: number;
  follow?: string;
  detach?: true;
  stateMachine?: string;
  interval: number;
  json?: true;
}

export function batchCommand(): Command {
  return takesStack(new Command('batch'))
    .description('classify all pictures under an S3 prefix, millions of them, with the deployed stack')
    .argument('[url]', 's3://bucket/prefix, or with --manifest s3://bucket/list.jsonl')
    .option('--manifest', 'the URL is a list: JSON Lines of {"bucket", "key"}')
    .option('--model <name>', 'ask this model (NAME or NAME@VERSION) instead of the default one')
    .option('-k, --top-k <number>', 'how many labels to name', wholeAboveZero)
    .option('--follow <arn>', 'follow a batch that was started before')
    .option('--detach', 'start it and do not wait')
    .option('--state-machine <arn>', "the state machine; the stack's own if left out")
    .option('--interval <milliseconds>', 'how often to ask how far it is', wholeAboveZero, 2_000)
    .option('--json', 'print one JSON line with the summary')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe batch s3://my-photos/2024/
  $ freezeframe batch s3://my-photos/todo.jsonl --manifest --model gnomes@2
  $ freezeframe batch --follow arn:aws:states:eu-central-1:123456789012:execution:freezeframe-dev-batch:batch-...

Ctrl-C stops following; the batch goes on. The stack must be allowed to read the bucket (parameter readBuckets).`,
    )
    .action(batch);
}

async function batch(url: string | undefined, flags: Flags): Promise<void> {
  if ((url === undefined) === (flags.follow === undefined)) {
    throw new FreezeframeError('used-wrongly', 'Expected either the address of pictures or --follow', {
      remedy: 'See what is possible with: freezeframe batch --help',
    });
  }
  const execution = flags.follow ?? (await start(url as string, flags));
  const json = flags.json === true;
  if (flags.detach) {
    reportResult({ execution, status: 'RUNNING' }, json, () => `Started. ${followAgain(execution)}`);
    return;
  }
  // Hours may pass, and a terminal may be closed.
  if (!flags.follow) say(`Started. ${followAgain(execution)}`);
  try {
    await tell(execution, flags.interval, json);
  } catch (error) {
    if (!(error instanceof FreezeframeError)) throw error;
    // What cannot be asked for a moment has not ended.
    const { code, message, remedy = '', details } = error;
    throw new FreezeframeError(code, message, {
      cause: error,
      remedy: `${remedy} The batch does not end over it. ${followAgain(execution)}`.trim(),
      details: { ...details, execution },
    });
  }
}

/** Follows a batch to its end, and says what became of it. */
async function tell(execution: string, interval: number, json: boolean): Promise<void> {
  const state = await follow(execution, interval);
  if (!state) {
    reportResult({ execution, status: 'RUNNING' }, json, () => `It goes on. ${followAgain(execution)}`);
    return;
  }
  const { summarize } = await import('#stack');
  const summary = await summarize(state);
  reportResult(summary, json, () => summaryText(summary));
  if (summary.status !== 'SUCCEEDED') process.exitCode = 1;
}

async function start(url: string, flags: Flags): Promise<string> {
  const { parseS3Url, stackName, stackOutput, startBatch } = await import('#stack');
  const input = batchInput(parseS3Url(url), flags);
  const machine = flags.stateMachine ?? (await stackOutput(stackName(flags.stage), 'BatchStateMachineArn'));
  return startBatch(machine, input);
}

function batchInput({ bucket, key }: { bucket: string; key: string }, flags: Flags): BatchInput {
  const [model, version] = flags.model?.split('@') ?? [];
  const options = {
    ...(model ? { model } : {}),
    ...(version ? { version } : {}),
    ...(flags.topK ? { topK: flags.topK } : {}),
  };
  return flags.manifest ? { manifest: { bucket, key }, options } : { bucket, prefix: key, options };
}

/** Shows a bar until the execution is over. @returns undefined where somebody pressed Ctrl-C first. */
async function follow(execution: string, interval: number): Promise<BatchState | undefined> {
  const { readBatch } = await import('#stack');
  let leave = () => {};
  const left = new Promise<'left'>((resolve) => {
    leave = () => resolve('left');
  });
  process.once('SIGINT', leave);
  let progress: Progress | undefined;
  try {
    for (;;) {
      const state = await readBatch(execution);
      if (state.total > 0) {
        progress ??= startProgress('Classifying', state.total, 'pictures');
        progress.update(state.done, state.failed > 0 ? `${state.failed} lost` : '');
      }
      if (state.status !== 'RUNNING' && state.status !== 'PENDING_REDRIVE') return state;
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<'again'>((resolve) => {
        timer = setTimeout(() => resolve('again'), interval);
      });
      const next = await Promise.race([left, pause]);
      clearTimeout(timer);
      if (next === 'left') return undefined;
    }
  } finally {
    progress?.stop();
    process.off('SIGINT', leave);
  }
}

function followAgain(execution: string): string {
  return `To follow it: freezeframe batch --follow ${execution}`;
}

function summaryText(summary: BatchSummary): string {
  const { status, pictures, lost, answered, problems = {}, manifest, error } = summary;
  const rows = [
    ['status', status.toLowerCase()],
    [
      'pictures',
      pictures > 0 || error ? `${pictures}` : 'none: nothing was there. Is the bucket, the prefix or the list right?',
    ],
    ...(answered === undefined ? [] : [['answered', `${answered}`]]),
    ...Object.entries(problems).map(([code, count]) => [code, `${count}`]),
    ...(lost > 0 ? [['lost', `${lost}`]] : []),
    ...(manifest ? [['results', manifest]] : []),
    ...(error ? [['error', error]] : []),
  ];
  return formatTable(['', ''], rows).trim();
}
