import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../scripts/cli.ts';
import { FakeQueue, type Message } from '../../aws/sqs.ts';
import { useAws } from '../../aws/use-aws.ts';

const aws = useAws();
const URL = 'https://sqs.eu-central-1.amazonaws.com/1/dead';
let dead: FakeQueue;
let source: FakeQueue;
let said: string;

beforeEach(() => {
  dead = new FakeQueue('dead');
  source = new FakeQueue('source', { deadLetters: dead });
  for (const queue of [dead, source]) aws.queues.set(queue.name, queue);
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

const dlq = (...args: string[]) => main(['node', 'freezeframe', 'dlq', ...args, '--queue', URL]);
const job = (key: string) => JSON.stringify({ bucket: 'b', key });
const seen = (queue: FakeQueue) => queue.receive(100, 0).map(({ body }) => body);

describe('freezeframe dlq', () => {
  it('lists what is there, says why nobody understood it, and leaves it there for others', async () => {
    const ids = [dead.send(job('a b.png')), dead.send('{"hello":1}')];
    expect(await dlq('list', '--json')).toBe(0);
    expect(JSON.parse(said)).toEqual([
      expect.objectContaining({ id: ids[0], about: ['s3://b/a b.png'], received: 1 }),
      expect.objectContaining({ id: ids[1], about: [], reason: expect.stringContaining('nothing that is known') }),
    ]);
    expect(seen(dead)).toHaveLength(2);
  });

  it('lists for people, more than one batch of them, at most as many as asked for', async () => {
    for (let i = 0; i < 23; i++) dead.send(job(`${i}`));
    expect(await dlq('list')).toBe(0);
    expect(said.trim().split('\n')).toHaveLength(24);
    said = '';
    expect(await dlq('list', '--limit', '3')).toBe(0);
    expect(said.trim().split('\n')).toHaveLength(4);
    expect(seen(dead)).toHaveLength(23);
  });

  it('shows one message, or that there is none', async () => {
    const id = dead.send('not json');
    expect(await dlq('show', id)).toBe(0);
    expect(said).toMatch(/not valid JSON\nnot json/);
    expect(await dlq('show', 'nobody')).toBe(1);
  });

  it('sends messages back to where they came from', async () => {
    const ids = [dead.send(job('a')), dead.send(job('b')), dead.send(job('c'))];
    expect(await dlq('redrive', ids[1] as string, '--json')).toBe(0);
    expect(JSON.parse(said)).toEqual({ redriven: [ids[1]] });
    expect(seen(source)).toEqual([job('b')]);
    expect(await dlq('redrive', '--all')).toBe(0);
    expect(seen(source).sort()).toEqual([job('a'), job('b'), job('c')]);
    expect(seen(dead)).toEqual([]);
  });

  it('sends with it what a message was first known by: SQS gives it another id each time', async () => {
    const first = dead.send(job('a'));
    for (let times = 0; times < 2; times++) {
      expect(await dlq('redrive', '--all')).toBe(0);
      const [sent] = source.receive(1, 0);
      expect(sent?.id).not.toBe(first);
      expect(sent?.attributes).toEqual({ 'first-message-id': { DataType: 'String', StringValue: first } });
      // It fails again, and SQS moves it as it is.
      source.messages.clear();
      dead.messages.set(sent?.id as string, { ...(sent as Message), visibleAt: 0 });
    }
  });

  it('takes thousands as many at once as SQS gives, so that none is seen by others before its turn', async () => {
    for (let i = 0; i < 60; i++) dead.send(job(`${i}`));
    let inHand = 0;
    aws.fault = (_, operation) => {
      if (operation === 'SendMessage') {
        const hidden = [...dead.messages.values()].filter(({ visibleAt }) => visibleAt > Date.now());
        inHand = Math.max(inHand, hidden.length);
      }
      return undefined;
    };
    expect(await dlq('redrive', '--all', '--json')).toBe(0);
    expect(new Set(JSON.parse(said).redriven).size).toBe(60);
    expect(inHand).toBe(10);
    expect([seen(source).length, seen(dead)]).toEqual([60, []]);
    for (let i = 0; i < 60; i++) dead.send(job(`${i}`));
    expect(await dlq('drop', '--all', '--yes')).toBe(0);
    expect(seen(dead)).toEqual([]);
  });

  it('sends a message once, however soon it fails again', async () => {
    const first = dead.send('nobody understands it');
    aws.fault = (_, operation) => {
      if (operation !== 'DeleteMessage') return undefined;
      // The function puts it aside at once.
      for (const { body, attributes } of source.receive(10, 0)) dead.send(body, attributes);
      source.messages.clear();
      return undefined;
    };
    expect(await dlq('redrive', '--all', '--json')).toBe(0);
    expect(JSON.parse(said)).toEqual({ redriven: [first] });
    expect(seen(dead)).toEqual(['nobody understands it']);
  });

  it('keeps a message until it is sent', async () => {
    dead.send(job('a'));
    aws.fault = (_, operation) => (operation === 'SendMessage' ? 'error-before' : undefined);
    expect(await dlq('redrive', '--all')).toBe(1);
    expect(seen(dead)).toEqual([job('a')]);
    expect(seen(source)).toEqual([]);
  });

  it('drops only what it was told to, and only when that is confirmed', async () => {
    const ids = [dead.send(job('a')), dead.send(job('b'))];
    expect(await dlq('drop', '--all')).toBe(2);
    expect(seen(dead)).toHaveLength(2);
    expect(await dlq('drop', ids[0] as string, '--yes')).toBe(0);
    expect(seen(dead)).toEqual([job('b')]);
    expect(await dlq('drop', '--all', '--yes')).toBe(0);
    expect(seen(dead)).toEqual([]);
  });

  it.each([['redrive'], ['drop', '--yes'], ['redrive', 'x', '--all']])(
    'refuses %j without a choice',
    async (...args) => {
      expect(await dlq(...(args as string[]))).toBe(2);
    },
  );

  it('finds the queue by the outputs of the stack, and says what to do where there is none', async () => {
    dead.send(job('a'));
    aws.query = (_, form) =>
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${form.get('StackName')}</StackName>` +
      `<Outputs><member><OutputKey>DeadLetterQueueUrl</OutputKey><OutputValue>${URL}</OutputValue></member></Outputs>` +
      '</member></Stacks></DescribeStacksResult></DescribeStacksResponse>';
    expect(await main(['node', 'freezeframe', 'dlq', 'list', '--stage', 'prod', '--json'])).toBe(0);
    expect(JSON.parse(said)).toHaveLength(1);
    aws.query = () =>
      '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName></member></Stacks></DescribeStacksResult></DescribeStacksResponse>';
    said = '';
    expect(await main(['node', 'freezeframe', 'dlq', 'list', '--json'])).toBe(1);
    expect(JSON.parse(said).error).toMatchObject({ code: 'stack-outdated', remedy: expect.any(String) });
  });

  it('asks in the region and of the stage that it is told, or that the environment names', async () => {
    const asked: (string | null)[] = [];
    aws.query = (_, form) => {
      asked.push(form.get('StackName'));
      return '<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>';
    };
    const environment = { STAGE: 'staging', AWS_REGION: process.env.AWS_REGION };
    Object.assign(process.env, environment);
    aws.regions.clear();
    try {
      await main(['node', 'freezeframe', 'dlq', 'list', '--json']);
      await main(['node', 'freezeframe', 'dlq', 'list', '--stage', 'prod', '--region', 'us-west-2', '--json']);
    } finally {
      delete process.env.STAGE;
      process.env.AWS_REGION = environment.AWS_REGION;
    }
    expect(asked.map((name) => name?.replace(/.*-/, ''))).toEqual(['staging', 'prod']);
    expect([...aws.regions]).toEqual(['eu-central-1', 'us-west-2']);
  });

  it('says what AWS refused', async () => {
    expect(await main(['node', 'freezeframe', 'dlq', 'list', '--queue', `${URL}-other`, '--json'])).toBe(1);
    expect(JSON.parse(said).error).toMatchObject({ code: 'aws-refused' });
  });
});
