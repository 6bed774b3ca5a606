import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Store } from '../../scripts/store/s3/s3-store.ts';
import { NO_CLOUD } from '../aws/cloud.ts';
import { plainPicture } from '../functions/pictures.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';
import { type Deployment, prepareDeployment, until } from './stack/deployment.ts';

if (NO_CLOUD) console.warn(`skipped: a stack with models of a store (${NO_CLOUD})`);

const PATIENCE = 900_000;

describe.skipIf(NO_CLOUD)('a deployed stack with models of a store', () => {
  let deployed: Deployment;
  let store: S3Store;
  let url: string;
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'freezeframe-shared-'));
    deployed = await prepareDeployment();
    const bucket = `models-${Date.now()}`;
    await new S3Client({ forcePathStyle: deployed.cloud.local }).send(new CreateBucketCommand({ Bucket: bucket }));
    const place = `s3://${bucket}/team`;
    store = new S3Store(place, join(scratch, 'cache'));
    for (const gain of [1, 2, 3]) await saveTinyModel(store, 'tiny', gain);
    await store.tag('tiny@2', 'production');
    // What the layer has of the name is version 1.
    await saveTinyModel(deployed.store, 'tiny', 10);
    await deployed.bundle();
    const settings = { access: 'public', modelsUri: place, modelsCheck: 5 };
    await deployed.serverless('deploy', ...Object.entries(settings).map(([name, value]) => `--param=${name}=${value}`));
    url = deployed.cloud.apiUrl((await deployed.outputs()).HttpApiId as string);
  }, PATIENCE);
  afterAll(async () => {
    await deployed?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it(
    'answers with them by the rights of its roles alone, and follows a moved tag without a deployment',
    async () => {
      const body = new Uint8Array(await plainPicture('red', 'jpeg'));
      const version = async () => {
        const answer = await fetch(`${url}/classify`, {
          method: 'POST',
          headers: { 'content-type': 'image/jpeg' },
          body,
        });
        return ((await answer.json()) as { model: { version: string } }).model.version;
      };
      expect(await version()).toBe('2');
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ models: { from: 'store' } });
      await store.tag('tiny@3', 'production');
      await until('the new version', async () => ((await version()) === '3' ? true : undefined), 30_000);
      await store.rollback('tiny', 'production');
      await until('the old version', async () => ((await version()) === '2' ? true : undefined), 30_000);
    },
    PATIENCE,
  );
});
