import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../scripts/cli.ts';
import { Refusal } from '../../aws/dynamo.ts';
import { useAws } from '../../aws/use-aws.ts';

const aws = useAws();
const MACHINE = 'arn:aws:states:eu-central-1:1:stateMachine:freezeframe-dev-batch';
const EXECUTION = 'arn:aws:states:eu-central-1:1:execution:freezeframe-dev-batch:batch-1';
let said: string;
let started: { stateMachineArn: string; name: string; input: string } | undefined;
/** How often the map run is asked before it is over. */
let rounds: number;
let outcome: Record<string, unknown>;
let itemCounts: Record<string, number>;

beforeEach(() => {
  said = '';
  started = undefined;
  rounds = 2;
  outcome = { status: 'SUCCEEDED', output: '{}' };
  itemCounts = { total: 4, succeeded: 3, failed: 1, timedOut: 0, aborted: 0, pending: 0, running: 0 };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.exitCode = undefined;
  aws.more.set('AWSStepFunctions', (operation, input) => {
    if (operation === 'StartExecution') {
      started = input as typeof started;
      return { executionArn: EXECUTION, startDate: 1 };
    }
    if (operation === 'DescribeExecution') return rounds-- > 0 ? { status: 'RUNNING' } : outcome;
    if (operation === 'ListMapRuns') return { mapRuns: [{ mapRunArn: `${EXECUTION}/map` }] };
    return { itemCounts };
  });
});

const batch = async (...args: string[]) => {
  const code = await main(['node', 'freezeframe', 'batch', ...args, '--interval', '5']);
  process.exitCode = undefined;
  return code;
};

describe('freezeframe batch', () => {
  it('starts the state machine and follows it until it has a summary', async () => {
    const file = 'batch/batch-1/SUCCEEDED_0.jsonl';
    const manifest = { DestinationBucket: 'results', ResultFiles: { SUCCEEDED: [{ Key: file, Size: 300 }] } };
    aws.objects.set('results/batch/batch-1/manifest.json', Buffer.from(JSON.stringify(manifest)));
    const problem = { type: '/errors#picture-truncated' };
    const lines = [
      { key: 'a', result: {} },
      { key: 'b', problem },
      { key: 'c', result: {} },
    ];
    aws.objects.set(`results/${file}`, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    const details = { Bucket: 'results', Key: 'batch/batch-1/manifest.json' };
    outcome = { status: 'SUCCEEDED', output: JSON.stringify({ ResultWriterDetails: details }) };

    const args = ['s3://photos/2024/', '--state-machine', MACHINE, '--model', 'gnomes@2', '--top-k', '1', '--json'];
    expect(await batch(...args)).toBe(0);
    expect(started?.stateMachineArn).toBe(MACHINE);
    expect(started?.name).toMatch(/^batch-[0-9a-f-]{36}$/);
    const options = { model: 'gnomes', version: '2', topK: 1 };
    expect(JSON.parse(started?.input ?? '')).toEqual({ bucket: 'photos', prefix: '2024/', options });
    expect(rounds).toBeLessThan(0);
    expect(JSON.parse(said)).toEqual({
      execution: EXECUTION,
      status: 'SUCCEEDED',
      pictures: 4,
      lost: 1,
      answered: 2,
      problems: { 'picture-truncated': 1 },
      manifest: 's3://results/batch/batch-1/manifest.json',
      files: [`s3://results/${file}`],
    });
  });

  it('follows a batch where its ARN says that it is, whatever region the environment names', async () => {
    aws.regions.clear();
    expect(await batch('--follow', EXECUTION.replace('eu-central-1', 'ap-south-1'), '--json')).toBe(0);
    expect([...aws.regions]).toEqual(['ap-south-1']);
  });

  it('takes a manifest, and starts without waiting', async () => {
    const args = ['s3://photos/todo.jsonl', '--manifest', '--state-machine', MACHINE, '--detach'];
    expect(await batch(...args)).toBe(0);
    expect(JSON.parse(started?.input ?? '')).toEqual({
      manifest: { bucket: 'photos', key: 'todo.jsonl' },
      options: {},
    });
    expect(said).toContain(`freezeframe batch --follow ${EXECUTION}`);
  });

  it('leaves it running at Ctrl-C and says how to follow it again', async () => {
    rounds = Number.POSITIVE_INFINITY;
    const answer = batch('--follow', EXECUTION);
    await vi.waitFor(() => expect(process.listenerCount('SIGINT')).toBe(1));
    // A terminal's Ctrl-C, without ending the tests.
    process.emit('SIGINT');
    expect(await answer).toBe(0);
    expect(said).toContain(`It goes on. To follow it: freezeframe batch --follow ${EXECUTION}`);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('says how to follow it again where AWS cannot be asked for a moment', async () => {
    aws.more.set('AWSStepFunctions', (operation) => {
      if (operation === 'StartExecution') return { executionArn: EXECUTION, startDate: 1 };
      throw new Refusal('AccessDeniedException');
    });
    expect(await batch('s3://photos/2024/', '--state-machine', MACHINE, '--json')).toBe(1);
    expect(JSON.parse(said).error).toMatchObject({
      code: 'aws-refused',
      remedy: expect.stringContaining(`freezeframe batch --follow ${EXECUTION}`),
      details: { execution: EXECUTION },
    });
  });

  it('says that nothing was there, where it succeeded over no picture', async () => {
    itemCounts = { total: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, pending: 0, running: 0 };
    expect(await batch('s3://photos/misspelt/', '--state-machine', MACHINE)).toBe(0);
    expect(said).toMatch(/^pictures +none: nothing was there/m);
  });

  it('fails where the batch failed', async () => {
    outcome = { status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold', cause: 'too many' };
    expect(await batch('--follow', EXECUTION, '--json')).toBe(1);
    expect(JSON.parse(said)).toMatchObject({ status: 'FAILED', error: expect.stringContaining('too many') });
  });

  it.each([[[]], [['s3://photos', '--follow', EXECUTION]], [['/home/pictures']], [['s3://UPPER/']]])(
    'refuses %j',
    async (args) => {
      expect(await batch(...args)).toBe(2);
      expect(started).toBeUndefined();
    },
  );
});

describe('resources/batch.asl.json', () => {
  const { StartAt, States } = JSON.parse(
    readFileSync(new URL('../../../resources/batch.asl.json', import.meta.url), 'utf8'),
  );

  it('hands batches over in the form that the function reads, and writes one line for each item', () => {
    expect(States[StartAt].Type).toBe('Choice');
    for (const name of ['ClassifyPrefix', 'ClassifyManifest']) {
      const map = States[name];
      expect(map.ItemBatcher.MaxItemsPerBatch).toBeLessThanOrEqual(1_000);
      expect(map.ItemBatcher.BatchInput).toEqual({ 'options.$': '$.options' });
      expect(Object.keys(map.ItemSelector)).toEqual(['bucket.$', 'key.$']);
      const { Classify, ClassifyWhatFits } = map.ItemProcessor.States;
      expect(Classify.Catch).toEqual([
        { ErrorEquals: ['time-short'], ResultPath: '$.short', Next: 'ClassifyWhatFits' },
      ]);
      expect(ClassifyWhatFits.Parameters.Payload).toEqual({
        'Items.$': '$.Items',
        'BatchInput.$': '$.BatchInput',
        WhatFits: true,
      });
      expect(map.ResultWriter.WriterConfig).toEqual({ OutputType: 'JSONL', Transformation: 'FLATTEN' });
    }
  });
});
