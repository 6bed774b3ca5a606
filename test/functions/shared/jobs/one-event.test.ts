import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { updateOf } from '../../../../functions/shared/dynamo-update.ts';
import { AnnouncementInDoubt, confirmAnnouncement } from '../../../../functions/shared/jobs/announce.ts';
import { createJob } from '../../../../functions/shared/jobs/job.ts';
import { settleJob } from '../../../../functions/shared/jobs/settle.ts';
import { FakeDynamo } from '../../../aws/dynamo.ts';
import { explore, type Scenario, step, type World } from './explore.ts';

const services = vi.hoisted(() => ({ dynamo: undefined as unknown, send: (_: unknown) => {} }));

vi.mock('../../../../functions/shared/dynamo.ts', () => {
  const ask = (operation: string, request: Record<string, unknown>) => {
    const marshalled = { ...request, Key: marshall(request.Key) };
    const values = request.ExpressionAttributeValues;
    const given = values ? { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) } : {};
    return (services.dynamo as FakeDynamo).call(operation, { ...marshalled, ...given } as never) as Record<
      string,
      never
    >;
  };
  return {
    readItem: (table: string, id: string) =>
      step(
        () => {
          const { Item } = ask('GetItem', { TableName: table, Key: { id } });
          return Item && unmarshall(Item);
        },
        { changes: false },
      ),
    changeItem: (table: string, id: string, change: never) =>
      step(() => {
        try {
          return unmarshall(ask('UpdateItem', updateOf(table, id, change)).Attributes as never);
        } catch (error) {
          if ((error as Error).name === 'ConditionalCheckFailedException') return undefined;
          throw error;
        }
      }),
  };
});
vi.mock('../../../../functions/shared/jobs/send-event.ts', () => ({
  EventRefused: class extends Error {},
  sendEvent: (_bus: string, _type: string, detail: unknown) =>
    step(() => services.send(detail), { outcomes: ['done', 'lost-before', 'lost-after'] }),
}));
vi.mock('../../../../functions/shared/s3.ts', () => ({ readObject: async () => new Uint8Array() }));
vi.mock('../../../../functions/shared/answer.ts', () => ({
  answer: async () => ({ model: { name: 'm', version: '1' }, predictions: [] }),
}));
vi.mock('../../../../functions/shared/observe/log.ts', () => ({ describeError: () => ({}), logLine: () => {} }));

const TIMEOUT = 60_000;
/** A receipt arrives so long after its event at the latest. Milliseconds. */
const RECEIPT = 3_600_000;

const job = createJob({ object: { bucket: 'b', key: 'k' }, sequencer: '0A' }, 'm');
let events: number;

/** One upload before anything is known of it. */
function upload(): Scenario {
  const dynamo = new FakeDynamo();
  services.dynamo = dynamo;
  events = 0;
  const row = () => [...dynamo.table('results').values()].map((item) => unmarshall(item as never))[0];
  return {
    timeout: TIMEOUT,
    async deliver(world) {
      vi.setSystemTime(world.now);
      services.send = (detail) => {
        events++;
        const { id, revision } = detail as { id: string; revision: string };
        world.sendReceipt(world.now + RECEIPT, () => void confirmAnnouncement('results', { id, revision }));
      };
      clock = world;
      await settleJob(job);
    },
    times: () => [row()?.announceAfter].filter((time) => time !== undefined),
  };
}

let clock: World | undefined;

/** What the queue does in the end: delivers until somebody is done with it. */
async function deliverToTheEnd(): Promise<void> {
  for (let times = 0; times < 3; times++) {
    const done = await settleJob(job).then(
      () => true,
      (error) => {
        if (!(error instanceof AnnouncementInDoubt)) throw error;
        return false;
      },
    );
    if (done) return;
  }
}

describe('an upload that is delivered twice, each delivery ended anywhere, its receipt late', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    // As often as anybody asks: time passes between two steps.
    vi.spyOn(Date, 'now').mockImplementation(() => clock?.now ?? 0);
    Object.assign(process.env, { RESULTS_TABLE: 'results', EVENT_BUS: 'bus' });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    for (const name of ['RESULTS_TABLE', 'EVENT_BUS', 'EVENT_LEASE_SECONDS']) delete process.env[name];
  });

  const play = (leaseSeconds: number) => {
    process.env.EVENT_LEASE_SECONDS = String(leaseSeconds);
    return explore(upload, async (world, moves) => {
      clock = world;
      await deliverToTheEnd();
      if (events !== 1) throw new Error(`${events} events: ${moves.join(', ')}`);
    });
  };

  it('has one event in every order of steps, ends, lost answers, time and receipts', async () => {
    // As resources/settings.cjs has it: longer than an invocation and a receipt together.
    expect(await play((TIMEOUT + RECEIPT) / 1000 + 1)).toBeGreaterThan(9_000);
  }, 120_000);

  it('has two where the lease is over before the receipt comes', async () => {
    await expect(play(RECEIPT / 1000 / 2)).rejects.toThrow(/^2 events: delivery 1,/);
  }, 120_000);
});
