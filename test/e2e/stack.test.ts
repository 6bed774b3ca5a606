import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, ListVersionsByFunctionCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../functions/http/routes/index.ts';
import { earlierResultId } from '../../functions/shared/jobs/result-id.ts';
import { createKey } from '../../scripts/keys/keys.ts';
import { parameterStore } from '../../scripts/keys/parameter-store.ts';
import { NO_CLOUD } from '../aws/cloud.ts';
import { plainPicture } from '../functions/pictures.ts';
import { run } from '../scripts/commands/run.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';
import { type Deployment, prepareDeployment, until } from './stack/deployment.ts';

if (NO_CLOUD) console.warn(`skipped: the deployed stack (${NO_CLOUD})`);

/** A deployment takes seconds on a local AWS and minutes on a real one. */
const PATIENCE = 900_000;

/** What would be waited for: a minute for each list of keys, and for each retry of an invocation. */
const SETTINGS = ['--param=keysTtl=1', '--param=retries=0'];

describe.skipIf(NO_CLOUD)('the deployed stack', () => {
  let deployed: Deployment;
  let outputs: Record<string, string>;
  let url: string;
  let key: string;
  let red: Buffer;
  let s3: S3Client;
  let sqs: SQSClient;

  const bearer = (one: string) => ({ authorization: `Bearer ${one}` });
  const classify = (headers: Record<string, string> = bearer(key), query = '') =>
    fetch(`${url}/classify${query}`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg', ...headers },
      body: red,
    });
  const version = async () => {
    const answer = await classify();
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { model: { version: string } }).model.version;
  };
  const json = async (...words: string[]) => {
    const { code, stdout, stderr } = await run([...words, '--json']);
    expect([code, stderr.includes('freezeframe:')], stderr).toEqual([0, false]);
    return JSON.parse(stdout);
  };
  const rows = async () => {
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: outputs.ResultsTableName }));
    return Items;
  };
  // Nobody but the stack can compute the id of a row.
  const row = async (objectKey: string) => (await rows()).find(({ key: found }) => found === objectKey);
  const upload = (Key: string, Body: Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: outputs.UploadsBucketName, Key, Body }));

  beforeAll(async () => {
    red = await plainPicture('red', 'jpeg');
    deployed = await prepareDeployment();
    s3 = new S3Client({ forcePathStyle: deployed.cloud.local });
    // A local AWS calls itself localhost, and the SDK would say at each call that this is another host.
    sqs = new SQSClient({ useQueueUrlAsEndpoint: !deployed.cloud.local });
    await saveTinyModel(deployed.store, 'tiny', 10);
    await deployed.bundle();
    await deployed.serverless('deploy', ...SETTINGS);
    outputs = await deployed.outputs();
    url = deployed.cloud.apiUrl(outputs.HttpApiId as string);
    ({ key } = await json('keys', 'create', 'tests', '--stage', deployed.cloud.stage));
  }, PATIENCE);

  afterAll(() => deployed?.close());

  describe('serverless info', () => {
    it('says where everything is', async () => {
      const said = await deployed.serverless('info', '--verbose');
      for (const name of [
        'HttpApiUrl',
        'UploadsBucketName',
        'DeadLetterQueueUrl',
        'KeysPath',
        'BatchStateMachineArn',
      ]) {
        expect(said).toContain(`${name}: ${outputs[name]}`);
      }
    });
  });

  describe('the API', () => {
    it('answers a picture to whoever has a key', async () => {
      const answer = await classify();
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        model: { name: 'tiny', version: '1' },
        predictions: [{ label: 'red' }, {}],
      });
      expect((await classify({ 'x-api-key': key })).status).toBe(200);
    });

    it('refuses everybody else, and tells them nothing', async () => {
      const path = outputs.KeysPath as string;
      const expired = createKey({ name: 'expired', expiresAt: '2020-01-01T00:00:00.000Z' });
      await (await parameterStore(path)).put(expired.record);
      const revoked = await json('keys', 'create', 'revoked', '--path', path);
      const passed = () => classify(bearer(revoked.key)).then(({ status }) => status);
      await until('the new key', async () => ((await passed()) === 200 ? true : undefined));
      await json('keys', 'revoke', 'revoked', '--path', path);
      await until('the revoked key', async () => ((await passed()) === 401 ? true : undefined));
      const answers = await Promise.all(
        [createKey({ name: 'x' }).key, expired.key, revoked.key, `${key.slice(0, -1)}_`].map(async (one) => {
          const answer = await classify(bearer(one));
          return [answer.status, answer.headers.get('www-authenticate'), await answer.text()];
        }),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]?.[0]).toBe(401);
      const without = await classify({});
      expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="freezeframe"']);
      expect((await classify({}, `?key=${key}`)).status).toBe(401);
      expect((await fetch(`${url}/models`)).status).toBe(401);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    });

    it('hands over a binary body byte for byte', async () => {
      // Every byte there is, and what is no UTF-8, behind a JPEG's first bytes.
      const bytes = Buffer.concat([red, Buffer.from(Array.from({ length: 256 }, (_, i) => i)), randomBytes(500_000)]);
      const answer = await fetch(`${url}/probe`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: bytes,
      });
      expect(await answer.text()).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    it('answers at every address there is, with the rights that its role has', async () => {
      const wrong: string[] = [];
      for (const { method, path } of ROUTES) {
        const address = path.replace('{id}', 'a'.repeat(22)).replaceAll(/\{\w*version\w*\}/g, '1');
        const body = method === 'POST' ? JSON.stringify({ content_type: 'image/jpeg' }) : null;
        const headers = { ...bearer(key), 'content-type': 'application/json' };
        const { status } = await fetch(url + address.replaceAll(/\{\w+\}/g, 'tiny'), { method, headers, body });
        // A request that is not well formed is refused; one that lacks a right ends in a 5xx.
        if (status >= 500 || status === 401 || status === 403) wrong.push(`${method} ${path}: ${status}`);
      }
      expect(wrong).toEqual([]);
    });

    it('reads an object that lies in an allowed bucket, and no other', async () => {
      await upload('by url.jpg', red);
      const ask = (address: string) =>
        fetch(`${url}/classify`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...bearer(key) },
          body: JSON.stringify({ url: address }),
        });
      expect((await ask(`s3://${outputs.UploadsBucketName}/by url.jpg`)).status).toBe(200);
      expect((await ask(`s3://${outputs.ResultsBucketName}/by url.jpg`)).status).toBe(403);
    });
  });

  describe('uploads', () => {
    it(
      'become a row, a document and one event, whatever their name',
      async () => {
        const events = new EventBridgeClient({});
        const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `heard-${deployed.cloud.stage}` }));
        const EventBusName = outputs.EventBusName as string;
        const pattern = JSON.stringify({ 'detail-type': ['PictureClassified'] });
        await events.send(new PutRuleCommand({ Name: 'heard', EventBusName, EventPattern: pattern }));
        const arn = `arn:aws:sqs:us-east-1:000000000000:heard-${deployed.cloud.stage}`;
        await events.send(new PutTargetsCommand({ Rule: 'heard', EventBusName, Targets: [{ Id: 'heard', Arn: arn }] }));

        const name = 'albüm 1/a+b & 🎅.jpg';
        await upload(name, red);
        const found = await until('the row', async () => {
          const item = await row(name);
          return item?.announcedAt ? item : undefined;
        });
        expect(found).toMatchObject({ status: 'done', key: name, result: { predictions: [{ label: 'red' }, {}] } });
        const { Body } = await s3.send(
          new GetObjectCommand({ Bucket: outputs.ResultsBucketName, Key: `${name}.json` }),
        );
        const named = { bucket: outputs.UploadsBucketName, key: name };
        expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual({ ...named, ...found.result });
        const seen: Record<string, unknown>[] = [];
        await until('the event', async () => {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
          for (const message of Messages) seen.push(JSON.parse(message.Body ?? '').detail);
          return seen.some((detail) => detail.key === name) || undefined;
        });
        expect(seen.filter((detail) => detail.key === name)).toHaveLength(1);
        const answer = await fetch(`${url}/results/${found.id}`, { headers: bearer(key) });
        expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'done', result: found.result }]);
        const computed = earlierResultId(outputs.UploadsBucketName as string, name);
        expect((await fetch(`${url}/results/${computed}`, { headers: bearer(key) })).status).toBe(404);
      },
      PATIENCE,
    );

    it('that are folders become nothing, and what nobody understands is set aside with its reason', async () => {
      await upload('folder/', Buffer.alloc(0));
      const { UploadsQueueUrl, DeadLetterQueueUrl } = outputs;
      await sqs.send(new SendMessageCommand({ QueueUrl: UploadsQueueUrl, MessageBody: '{"hello":1}' }));
      const [found] = await until('the dead letter', async () => {
        const asked = { QueueUrl: DeadLetterQueueUrl, MessageAttributeNames: ['reason'], WaitTimeSeconds: 1 };
        return (await sqs.send(new ReceiveMessageCommand(asked))).Messages;
      });
      expect(found?.Body).toBe('{"hello":1}');
      expect(found?.MessageAttributes?.reason?.StringValue).toMatch(/^request-invalid: /);
      expect(await row('folder/')).toBeUndefined();
    });

    it('that are no pictures become a row that says so', async () => {
      await upload('no picture.jpg', Buffer.from('no picture'));
      const found = await until('the row', async () => await row('no picture.jpg'));
      expect(found).toMatchObject({ status: 'failed', problem: { status: 415 } });
    });

    it(
      'come by the form that the API gives out',
      async () => {
        const headers = { 'content-type': 'application/json', ...bearer(key) };
        const body = JSON.stringify({ content_type: 'image/jpeg', bytes: red.byteLength });
        const given = await fetch(`${url}/uploads`, { method: 'POST', headers, body });
        expect(given.status).toBe(201);
        const {
          url: where,
          fields,
          result,
        } = (await given.json()) as { url: string; fields: Record<string, string>; result: string };
        const asked = () => fetch(`${url}${result}`, { headers: bearer(key) });
        expect((await asked()).status).toBe(202);
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.set(name, value);
        form.set('file', new Blob([new Uint8Array(red)], { type: 'image/jpeg' }));
        expect((await fetch(where, { method: 'POST', body: form })).ok).toBe(true);
        const answer = await until('the result', async () => {
          const response = await asked();
          return response.status === 200 ? response.json() : undefined;
        });
        expect(answer).toMatchObject({ status: 'done', result: { model: { name: 'tiny' } } });
      },
      PATIENCE,
    );
  });

  describe('invocations', () => {
    const invoke = async (payload: unknown, InvocationType: 'RequestResponse' | 'Event' = 'RequestResponse') => {
      const FunctionName = `freezeframe-${deployed.cloud.stage}-classify`;
      // A local AWS forgets the destination of failures where the alias is named.
      const Qualifier = deployed.cloud.local && InvocationType === 'Event' ? undefined : 'live';
      const Payload = JSON.stringify(payload);
      return new LambdaClient({}).send(new InvokeCommand({ FunctionName, Qualifier, InvocationType, Payload }));
    };

    it('answer by the framework and by the SDK', async () => {
      const said = await deployed.serverless(
        'invoke',
        '--function',
        'classify',
        '--data',
        JSON.stringify({ picture: red.toString('base64') }),
      );
      expect(said).toContain('"label": "red"');
      await upload('by invocation.jpg', red);
      const { Payload, FunctionError } = await invoke({ bucket: outputs.UploadsBucketName, key: 'by invocation.jpg' });
      expect(FunctionError).toBeUndefined();
      expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ predictions: [{ label: 'red' }, {}] });
    });

    it(
      'that fail without anybody waiting are kept with the reason',
      async () => {
        const marker = randomBytes(6).toString('hex');
        await invoke({ picture: Buffer.from(marker).toString('base64') }, 'Event');
        const found = await until(
          'the failure',
          async () => {
            const receive = new ReceiveMessageCommand({
              QueueUrl: outputs.ClassifyFailuresQueueUrl,
              MaxNumberOfMessages: 10,
            });
            const { Messages = [] } = await sqs.send(receive);
            return Messages.map(({ Body }) => JSON.parse(Body ?? '')).find(
              ({ requestPayload }) => requestPayload.picture === Buffer.from(marker).toString('base64'),
            );
          },
          300_000,
        );
        // (A local AWS names every error HandlerError.)
        expect(JSON.stringify(found.responsePayload)).toContain('/errors#picture-type-unsupported');
      },
      PATIENCE,
    );

    it(
      'come over the bus, and leave a row',
      async () => {
        await upload('by event.jpg', red);
        const EventBusName = outputs.EventBusName as string;
        const Detail = JSON.stringify({ bucket: outputs.UploadsBucketName, key: 'by event.jpg', topK: 1, orderId: 7 });
        await new EventBridgeClient({}).send(
          new PutEventsCommand({
            Entries: [{ EventBusName, Source: 'shop', DetailType: 'ClassificationRequested', Detail }],
          }),
        );
        const found = await until('the row', async () => {
          const item = await row('by event.jpg');
          return item?.result?.predictions?.length === 1 ? item : undefined;
        });
        expect(found).toMatchObject({ status: 'done', request: { orderId: 7 } });
      },
      PATIENCE,
    );
  });

  describe('a batch', () => {
    it(
      'answers what lies under a prefix, and counts what is no picture',
      async () => {
        // A local AWS hands over one object at a time and writes no results: what is no picture would fail the whole batch.
        const { local, stage } = deployed.cloud;
        for (let i = 0; i < 12; i++) await upload(`many/${i}.jpg`, i === 7 && !local ? Buffer.from('no') : red);
        const address = `s3://${outputs.UploadsBucketName}/many/`;
        const summary = await json('batch', address, '--stage', stage, '--interval', '300');
        expect(summary).toMatchObject({ status: 'SUCCEEDED', pictures: 12, lost: 0 });
        if (!local) expect(summary).toMatchObject({ answered: 11, problems: { 'picture-type-unsupported': 1 } });
      },
      PATIENCE,
    );
  });

  describe('another version', () => {
    const alias = (FunctionVersion: string) =>
      new LambdaClient({}).send(
        new UpdateAliasCommand({
          FunctionName: `freezeframe-${deployed.cloud.stage}-http`,
          Name: 'live',
          FunctionVersion,
        }),
      );

    it(
      'is deployed, taken back by the framework, and by moving the alias',
      async () => {
        expect(await version()).toBe('1');
        const [timestamp = ''] = /Timestamp: (\d+)/.exec(await deployed.serverless('deploy', 'list'))?.slice(1) ?? [];
        await saveTinyModel(deployed.store, 'tiny', 20);
        await deployed.store.tag('tiny@2', 'production');
        await deployed.bundle();
        await deployed.serverless('deploy', ...SETTINGS);
        expect(await until('version 2', async () => ((await version()) === '2' ? '2' : undefined))).toBe('2');

        const FunctionName = `freezeframe-${deployed.cloud.stage}-http`;
        const { Versions = [] } = await new LambdaClient({}).send(new ListVersionsByFunctionCommand({ FunctionName }));
        const numbers = Versions.map((one) => Number(one.Version))
          .filter((one) => one > 0)
          .sort((a, b) => a - b);
        expect(numbers.length).toBeGreaterThanOrEqual(2);
        await alias(String(numbers[0]));
        expect(await until('version 1', async () => ((await version()) === '1' ? '1' : undefined))).toBe('1');
        await alias(String(numbers.at(-1)));
        expect(await until('version 2', async () => ((await version()) === '2' ? '2' : undefined))).toBe('2');

        await deployed.serverless('rollback', '--timestamp', timestamp);
        expect(await until('version 1', async () => ((await version()) === '1' ? '1' : undefined))).toBe('1');
      },
      PATIENCE,
    );
  });

  describe('serverless remove', () => {
    it(
      'leaves nothing',
      async () => {
        for (const Bucket of [outputs.UploadsBucketName, outputs.ResultsBucketName]) await empty(Bucket as string);
        await deployed.serverless('remove');
        await expect(deployed.outputs()).rejects.toThrow(/does not exist/);
      },
      PATIENCE,
    );
  });

  async function empty(Bucket: string): Promise<void> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }));
    await empty(Bucket);
  }
});
