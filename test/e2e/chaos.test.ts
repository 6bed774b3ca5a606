import { readdirSync, readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from '../../scripts/system/random.ts';
import { MINISTACK } from '../aws/ministack.ts';
import { plainPicture } from '../functions/pictures.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';
import { type Deployment, prepareDeployment } from './stack/deployment.ts';

/** `CHAOS_UPLOADS=2000 MINISTACK=... npx vitest run --project=e2e test/e2e/chaos.test.ts` is the large one: some minutes. */
const COUNT = Number(process.env.CHAOS_UPLOADS ?? 60);
const KILLS = Math.max(4, COUNT / 50);
/** Seconds: short, so that a backlog lasts several leases. A message is hidden for six times as long. */
const TIMEOUT = 3;
const VISIBILITY = 6 * TIMEOUT;
/** The bus of a local AWS returns receipts at once; one in hand when its function is killed comes again once or twice. */
const LEASE = 2 * VISIBILITY + 5;

/** One upload at a time in each of two environments: a backlog. */
const SLOWLY = ['batchSize=1', 'batchWindow=0', 'uploadsAtOnce=2', 'attempts=50'].map((one) => `--param=${one}`);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

if (!MINISTACK) console.warn('skipped: chaos on a local AWS (set MINISTACK to its program)');

describe.skipIf(!MINISTACK)(
  `${COUNT} uploads to a stack whose policies are enforced, its functions killed at work`,
  () => {
    let deployed: Deployment;
    let outputs: Record<string, string>;
    const events: { id: string; key: string; revision: string; result?: unknown; problem?: unknown }[] = [];
    const rows = new Map<string, Record<string, unknown>>();
    const random = mulberry32(Number(process.env.CHAOS_SEED ?? 1));

    beforeAll(async () => {
      deployed = await prepareDeployment({ lease: LEASE });
      await saveTinyModel(deployed.store, 'tiny', 10);
      await deployed.bundle();
      await deployed.serverless('deploy', `--param=timeout=${TIMEOUT}`, ...SLOWLY);
      outputs = await deployed.outputs();
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const heard = await listen(sqs);
      const started = performance.now();
      const begun = Date.now();
      const pictures = await Promise.all((['red', 'blue'] as const).map((colour) => plainPicture(colour, 'jpeg')));
      const s3 = new S3Client({ forcePathStyle: true });
      const keys = Array.from({ length: COUNT }, (_, i) => (i % 10 === 0 ? `a+b ${i}/🎅.jpg` : `${i}.jpg`));
      for (const [i, Key] of keys.entries()) {
        const Body = i % 25 === 7 ? Buffer.from('no picture') : (pictures[Math.floor(random() * 2)] as Buffer);
        await s3.send(new PutObjectCommand({ Bucket: outputs.UploadsBucketName, Key, Body }));
      }
      let kills = 0;
      let copies = 0;
      for (;;) {
        await sleep(500 + random() * 1500);
        await readRows();
        await collect(sqs, heard);
        if (kills < KILLS && killFunction(deployed.cloud.pid as number, random)) kills++;
        copies += await sendCopies(sqs, copies);
        const waiting = await waitingIn(sqs, outputs.UploadsQueueUrl as string);
        const announced = [...rows.values()].filter(({ announcedAt }) => announcedAt).length;
        if (waiting === 0 && announced === COUNT) break;
        if (performance.now() - started > 3_000_000) break;
      }
      // Whatever would come twice has come by then.
      for (const end = performance.now() + 3 * VISIBILITY * 1000; performance.now() < end; await sleep(500)) {
        await collect(sqs, heard);
      }
      await readRows();
      const announced = [...rows.values()].map(({ announcedAt }) => Date.parse(String(announcedAt)));
      const backlog = Math.round((Math.max(...announced) - begun) / 1000);
      console.log(
        `${COUNT} uploads, ${copies} copies, ${kills} kills, ${events.length} events; ` +
          `a backlog of ${backlog} s, a lease of ${LEASE} s`,
      );
      expect(kills).toBeGreaterThan(0);
    }, 3_600_000);
    afterAll(() => deployed?.close(), 120_000);

    async function listen(sqs: SQSClient): Promise<string> {
      const bridge = new EventBridgeClient({});
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }));
      const EventBusName = outputs.EventBusName as string;
      const EventPattern = JSON.stringify({ source: ['freezeframe'] });
      await bridge.send(new PutRuleCommand({ Name: 'heard', EventBusName, EventPattern }));
      const Targets = [{ Id: 'heard', Arn: 'arn:aws:sqs:us-east-1:000000000000:heard' }];
      await bridge.send(new PutTargetsCommand({ Rule: 'heard', EventBusName, Targets }));
      return QueueUrl;
    }

    async function collect(sqs: SQSClient, QueueUrl: string): Promise<void> {
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return;
        for (const { Body = '' } of Messages) events.push(JSON.parse(Body).detail);
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    }

    async function readRows(): Promise<void> {
      const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
      for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.ResultsTableName })) {
        for (const item of Items) rows.set(item.key, item);
      }
    }

    /** S3 tells of an upload once more: one in five. */
    async function sendCopies(sqs: SQSClient, sent: number): Promise<number> {
      const more = [...rows.values()].slice(sent * 5, sent * 5 + 25).filter((_, i) => i % 5 === 0);
      for (const { bucket, key, sequencer } of more) {
        const s3 = { bucket: { name: bucket }, object: { key: encodeURIComponent(String(key)), size: 1, sequencer } };
        const MessageBody = JSON.stringify({
          Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
        });
        await sqs.send(new SendMessageCommand({ QueueUrl: outputs.UploadsQueueUrl, MessageBody }));
      }
      return more.length;
    }

    it('has one row for each, which says what the picture is', () => {
      expect(rows.size).toBe(COUNT);
      for (const [key, row] of rows) expect(row.status, key).toMatch(/^(done|failed)$/);
      expect([...rows.values()].filter(({ status }) => status === 'failed')).toHaveLength(
        Array.from({ length: COUNT }).filter((_, i) => i % 25 === 7).length,
      );
    });

    it('has one event for each: none lost, none twice', () => {
      const names = events.map(({ id, revision }) => `${id} ${revision}`);
      const twice = names.filter((name, i) => names.indexOf(name) !== i);
      expect({ twice, lost: [...rows.keys()].filter((key) => !events.some((event) => event.key === key)) }).toEqual({
        twice: [],
        lost: [],
      });
      for (const { key, result, problem } of events) {
        const row = rows.get(key);
        expect(result ?? problem, key).toEqual(row?.result ?? row?.problem);
      }
    });
  },
);

async function waitingIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

/** Ends one of the processes that the local AWS runs functions in. @returns whether there was one. */
function killFunction(parent: number, random: () => number): boolean {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isFunction(name, parent));
  const chosen = children[Math.floor(random() * children.length)];
  if (chosen) process.kill(Number(chosen), 'SIGKILL');
  return chosen !== undefined;
}

function isFunction(pid: string, parent: number): boolean {
  try {
    // "pid (command) state parent ..."
    const [, of] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return of === String(parent) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node');
  } catch {
    return false;
  }
}
