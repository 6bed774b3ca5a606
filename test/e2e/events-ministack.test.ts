import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { confirmAnnouncement } from '../../functions/shared/jobs/announce.ts';
import { createJob } from '../../functions/shared/jobs/job.ts';
import { settleOnce } from '../../functions/shared/jobs/once.ts';
import { settleJob } from '../../functions/shared/jobs/settle.ts';
import type { Work } from '../../functions/shared/jobs/work.ts';
import { readMessage } from '../../functions/shared/read-message.ts';
import { MINISTACK, startMiniStack } from '../aws/ministack.ts';
import { useModels } from '../functions/models.ts';
import { plainPicture } from '../functions/pictures.ts';

if (!MINISTACK) console.log('skipped: events on a local AWS (MINISTACK names no executable)');

/** The conditions and events of an upload, by a DynamoDB and an EventBridge that nobody here wrote. */
describe.skipIf(!MINISTACK)('an upload on a local AWS', () => {
  useModels();
  const environment: Record<string, string> = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    RESULTS_TABLE: 'results',
    RESULTS_BUCKET: 'documents',
    IDEMPOTENCY_TABLE: 'idempotency',
    EVENT_BUS: 'freezeframe',
    UPLOADS_BUCKET: 'uploads',
  };
  let close = async () => {};
  let queue: string;
  const invocation = { awsRequestId: 'r', getRemainingTimeInMillis: () => 5_000 };
  const job = (sequencer: string) => createJob({ object: { bucket: 'uploads', key: 'grüße +.png' }, sequencer }, 'm');
  const aws = () => ({ dynamo: new DynamoDBClient({}), s3: new S3Client({ forcePathStyle: true }), sqs: sqs() });
  const sqs = () => new SQSClient({ useQueueUrlAsEndpoint: false });

  beforeAll(async () => {
    const started = await startMiniStack();
    close = started.close;
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL: started.endpoint });
    const { dynamo, s3 } = aws();
    for (const TableName of ['results', 'idempotency']) {
      await dynamo.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
    }
    for (const Bucket of ['uploads', 'documents']) await s3.send(new CreateBucketCommand({ Bucket }));
    await put('red');
    queue = (await sqs().send(new CreateQueueCommand({ QueueName: 'receipts' }))).QueueUrl as string;
    const asked = { QueueUrl: queue, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await sqs().send(new GetQueueAttributesCommand(asked));
    const bridge = new EventBridgeClient({});
    const bus = { EventBusName: 'freezeframe' };
    await bridge.send(new CreateEventBusCommand({ Name: 'freezeframe' }));
    const EventPattern = JSON.stringify({ source: ['freezeframe'], 'detail-type': ['PictureClassified'] });
    await bridge.send(new PutRuleCommand({ ...bus, Name: 'receipts', EventPattern }));
    const Targets = [{ Id: 'receipts', Arn: Attributes?.QueueArn }];
    await bridge.send(new PutTargetsCommand({ ...bus, Rule: 'receipts', Targets }));
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
  }, 60_000);
  afterAll(async () => {
    vi.restoreAllMocks();
    for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
    await close();
  });

  async function put(colour: 'red' | 'blue') {
    const named = { Bucket: 'uploads', Key: 'grüße +.png' };
    await aws().s3.send(new PutObjectCommand({ ...named, Body: await plainPicture(colour) }));
  }
  async function rows() {
    const { Items = [] } = await aws().dynamo.send(new ScanCommand({ TableName: 'results' }));
    return Items.map((item) => unmarshall(item));
  }
  async function receipts(): Promise<Work[]> {
    const ask = { QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, VisibilityTimeout: 60 };
    const { Messages = [] } = await sqs().send(new ReceiveMessageCommand(ask));
    return Messages.flatMap(({ Body = '', MessageId = '' }) => readMessage(Body, MessageId));
  }

  it('gives one row, one document and one event, however often it is asked for', async () => {
    const all = await Promise.allSettled([1, 2, 3].map(() => settleOnce(job('0B'), invocation)));
    expect(all.filter(({ status }) => status === 'fulfilled')).not.toHaveLength(0);
    await settleOnce(job('0B'), invocation);
    await settleJob(job('0B'));
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ status: 'done', sequencer: '0B', announcedAt: expect.any(String) });
    expect(row?.result.predictions[0].label).toBe('red');
    const named = { Bucket: 'documents', Key: 'grüße +.png.json' };
    const { Body } = await aws().s3.send(new GetObjectCommand(named));
    const document = JSON.parse((await Body?.transformToString()) ?? '');
    expect(document).toEqual({ bucket: 'uploads', key: 'grüße +.png', ...row?.result });
    expect(await receipts()).toEqual([{ kind: 'receipt', id: row?.id, revision: 's-0B' }]);
  });

  it('keeps an older version out, lets a newer one in, and takes receipts', async () => {
    await put('blue');
    await settleOnce(job('0A'), invocation);
    expect(await rows()).toMatchObject([{ sequencer: '0B' }]);
    await settleOnce(job('0B00001'), invocation);
    const [row] = await rows();
    expect(row).toMatchObject({ sequencer: '0B00001' });
    expect(row?.result.predictions[0].label).toBe('blue');
    await confirmAnnouncement('results', { id: row?.id, revision: 's-0B00001' });
    await confirmAnnouncement('results', { id: row?.id, revision: 's-0A' });
    expect(await rows()).toEqual([row]);
    expect(await receipts()).toHaveLength(1);
  });
});
