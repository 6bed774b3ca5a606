import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { earlierResultId } from '../../functions/shared/jobs/result-id.ts';
import { mulberry32 } from '../../scripts/system/random.ts';
import { type BuiltFunction, buildOne } from '../aws/build-function.ts';
import { FakeAws, type Fault } from '../aws/fake-aws.ts';
import { FakeQueue } from '../aws/sqs.ts';
import { EventSource } from './events/event-source.ts';
import { notificationsOf, TEST_EVENT, UNKNOWN } from './events/notifications.ts';
import { shuffled } from './events/random.ts';
import { BUCKET, makeUploads, type Upload } from './events/uploads.ts';

const COUNT = Number(process.env.EVENTS_UPLOADS ?? 200);
const SEED = Number(process.env.EVENTS_SEED ?? 1);

/**
 * Time runs faster here than in the stack (60 s, 360 s, 300 s), in about the same proportions: the function's timeout, the
 * queue's visibility timeout, and how long a sender's event is waited for. Milliseconds.
 */
const TIMEOUT = 2_000;
const VISIBILITY = 2_100;
const LEASE = 4_000;
const CALM = 250;
/** Calls to S3, DynamoDB and EventBridge that go wrong. */
const FAULTS = 0.03;
/** Processes that are ended while they have messages in hand. */
const KILLS = Math.max(12, COUNT / 20);
const KINDS: readonly Fault[] = ['throttle', 'error-before', 'error-after', 'reset-before', 'reset-after'];

describe(`${COUNT} uploads, the function killed at random, calls failing at random`, () => {
  const random = mulberry32(SEED);
  const aws = new FakeAws();
  const deadLetters = new FakeQueue('dead-letters');
  const queue = new FakeQueue('uploads', { visibility: VISIBILITY, deadLetters, maxReceives: 5 });
  const receipts = new FakeQueue('receipts', { visibility: 800, maxReceives: 100 });
  let built: BuiltFunction;
  let uploads: Upload[];
  const failures: string[] = [];

  beforeAll(async () => {
    const endpoint = await aws.listen();
    // The rule of the bus: every event of ours comes back.
    aws.onEvent = (event) => receipts.send(JSON.stringify(event));
    built = await buildOne('uploads');
    uploads = await makeUploads(COUNT, random);
    for (const { key, content } of uploads) aws.objects.set(`${BUCKET}/${key}`, content);
    const bodies = [...uploads.flatMap((upload) => notificationsOf(upload, random)), ...UNKNOWN, TEST_EVENT];
    for (const body of shuffled(bodies, random)) queue.send(body);

    const settings = built.settings({
      AWS_ENDPOINT_URL: endpoint,
      RESULTS_BUCKET: 'results',
      RESULTS_TABLE: 'results',
      IDEMPOTENCY_TABLE: 'idempotency',
      EVENT_BUS: 'bus',
      EVENT_LEASE_SECONDS: String(LEASE / 1000),
      UPLOADS_BUCKET: BUCKET,
    });
    const log = (line: string) => line.includes('"ERROR"') && failures.push(line);
    const sources = [1, 2].map(() => new EventSource({ settings, queues: [receipts, queue], timeout: TIMEOUT, log }));
    const running = sources.map((source) => source.run());
    const started = performance.now();

    aws.fault = () => (random() < FAULTS ? KINDS[Math.floor(random() * KINDS.length)] : undefined);
    let kills = 0;
    // As long as there is something to kill it at.
    while (kills < KILLS && queue.messages.size > UNKNOWN.length) {
      await sleep(20 + random() * 250);
      if (sources[Math.floor(random() * sources.length)]?.kill()) kills++;
    }
    await until(() => queue.messages.size < bodies.length / 4);
    aws.fault = () => undefined;
    // The rest in peace, and quicker: what nobody understands is delivered five times.
    queue.visibility = CALM;
    const idle = () => queue.messages.size === 0 && receipts.messages.size === 0;
    await until(idle);
    // As an operator does with dead letters, until only what nobody understands is left: some had bad luck five times, and
    // an event that was in doubt has to wait for its lease.
    do {
      redriveAll();
      await until(idle);
    } while (deadLetters.messages.size > UNKNOWN.length && performance.now() - started < 500_000);
    for (const source of sources) source.close();
    await Promise.all(running);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const invocations = sources.reduce((sum, source) => sum + source.invocations, 0);
    console.log(
      `${COUNT} uploads, ${bodies.length} messages, ${invocations} invocations, ${kills} kills, ${redriven} redriven, ${seconds} s; ` +
        `calls ${JSON.stringify(Object.fromEntries(aws.calls))}`,
    );
  }, 600_000);
  afterAll(async () => {
    await aws.close();
    await built?.remove();
  });

  let redriven = 0;
  function redriveAll(): void {
    for (const message of deadLetters.messages.values()) {
      deadLetters.messages.delete(message.id);
      queue.send(message.body);
      redriven++;
    }
  }

  const rowOf = ({ key }: Upload) => {
    const item = aws.dynamo.table('results').get(earlierResultId(BUCKET, key));
    return item && unmarshall(item as never);
  };
  const eventsOf = ({ key }: Upload) => aws.events.filter(({ detail }) => detail.key === key);

  it('keeps one row for each object, of its newest version, with the right answer', () => {
    expect(aws.dynamo.table('results').size).toBe(COUNT);
    for (const upload of uploads) {
      const row = rowOf(upload);
      expect(row, upload.key).toMatchObject({ bucket: BUCKET, key: upload.key, sequencer: upload.sequencers.at(-1) });
      expect(row?.announcedAt, upload.key).toBeDefined();
      if ('label' in upload.expect) {
        expect(row, upload.key).toMatchObject({ status: 'done', model: { name: 'colours', version: '1' } });
        expect(row?.result.predictions[0].label, upload.key).toBe(upload.expect.label);
      } else {
        expect(row?.status, upload.key).toBe('failed');
        expect(row?.problem.type.split('#').at(-1), upload.key).toMatch(upload.expect.code);
      }
    }
  });

  it('sends one event for each result, and none twice', () => {
    for (const upload of uploads) {
      const newest = eventsOf(upload).filter(({ detail }) => detail.sequencer === upload.sequencers.at(-1));
      expect(newest, upload.key).toHaveLength(1);
      const row = rowOf(upload);
      const told = newest[0]?.detail;
      expect(told?.result ?? told?.problem, upload.key).toEqual(row?.result ?? row?.problem);
    }
    const names = aws.events.map(({ detail }) => `${detail.id} ${detail.revision}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves the same in the results bucket', () => {
    for (const upload of uploads) {
      const row = rowOf(upload);
      const document = JSON.parse(String(aws.objects.get(`results/${upload.key}.json`)));
      expect(document, upload.key).toEqual({ bucket: BUCKET, key: upload.key, ...(row?.result ?? row?.problem) });
    }
  });

  it('leaves what nobody understands among the dead letters, once, and logs the reason', () => {
    const dead = [...deadLetters.messages.values()].map(({ body }) => body);
    expect(dead.sort()).toEqual([...UNKNOWN].sort());
    expect(failures.some((line) => line.includes('The message is nothing that is known here'))).toBe(true);
    expect(failures.some((line) => line.includes('not valid JSON'))).toBe(true);
  });
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(20);
}
