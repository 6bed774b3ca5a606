import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Store } from '../../../scripts/store/s3/s3-store.ts';
import type { StorePlace } from './contract.ts';

export const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
};

/** An empty store at whatever answers at `AWS_ENDPOINT_URL`, below a prefix of its own. @param scratch for caches */
export async function s3Place(bucket: string, scratch: string): Promise<StorePlace & { url: string; prefix: string }> {
  const prefix = `team/${randomUUID()}`;
  const url = `s3://${bucket}/${prefix}`;
  const client = new S3Client({ forcePathStyle: true });
  return {
    url,
    prefix,
    // Each with a cache of its own, as another machine has it.
    open: () => new S3Store(url, join(scratch, randomUUID())),
    async damage(model, file) {
      const head = JSON.parse(await text(client, bucket, `${prefix}/models/${model.name}/head.json`));
      const { content } = head.versions[model.version];
      const Key = `${prefix}/models/${model.name}/contents/${content}/${file}`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      // The accuracy's digit in a manifest: it stays valid JSON and a valid manifest.
      const at = file === 'manifest.json' ? bytes.indexOf('0.5') + 2 : bytes.length - 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
    },
  };
}

export async function makeBucket(bucket: string): Promise<void> {
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
}

async function text(client: S3Client, Bucket: string, Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}
