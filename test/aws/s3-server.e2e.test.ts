import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { MINISTACK, startMiniStack } from './ministack.ts';
import { S3Server } from './s3-server.ts';

/** Asks a server everything that a store asks, in one order, and answers what came. */
async function transcript(endpoint: string): Promise<unknown[]> {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'eu-central-1', credentials });
  const said: unknown[] = [];
  const ask = async (what: string, command: unknown): Promise<Record<string, unknown>> => {
    try {
      const answer = (await client.send(command as PutObjectCommand)) as unknown as Record<string, unknown>;
      const { Body, ContentRange, KeyCount: _, ...rest } = answer;
      const text = await (Body as { transformToString(): Promise<string> } | undefined)?.transformToString();
      const keys = (rest.Contents as { Key: string }[] | undefined)?.map(({ Key }) => Key);
      const folders = (rest.CommonPrefixes as { Prefix: string }[] | undefined)?.map(({ Prefix }) => Prefix);
      said.push([what, text, ContentRange, rest.IsTruncated, keys, folders]);
      return answer;
    } catch (error) {
      const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      said.push([what, name, $metadata?.httpStatusCode]);
      return {};
    }
  };
  const Bucket = 'bucket';
  await ask('no bucket', new GetObjectCommand({ Bucket, Key: 'a/1' }));
  await ask('no bucket to list', new ListObjectsV2Command({ Bucket }));
  await client.send(new CreateBucketCommand({ Bucket }));
  await ask('absent', new GetObjectCommand({ Bucket, Key: 'a/1' }));
  await ask('empty', new ListObjectsV2Command({ Bucket, Prefix: 'a/' }));
  await ask('match of nothing', new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'x', IfMatch: '"0"' }));
  const { ETag } = await ask('first', new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'one', IfNoneMatch: '*' }));
  await ask('second', new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'two', IfNoneMatch: '*' }));
  await ask('match', new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'three', IfMatch: ETag as string }));
  await ask('stale match', new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'four', IfMatch: ETag as string }));
  const { ETag: now } = await ask('read', new GetObjectCommand({ Bucket, Key: 'a/1' }));
  await ask('unchanged', new GetObjectCommand({ Bucket, Key: 'a/1', IfNoneMatch: now as string }));
  await ask('changed', new GetObjectCommand({ Bucket, Key: 'a/1', IfNoneMatch: ETag as string }));
  await ask('range', new GetObjectCommand({ Bucket, Key: 'a/1', Range: 'bytes=1-2' }));
  await ask('past the end', new GetObjectCommand({ Bucket, Key: 'a/1', Range: 'bytes=3-99' }));
  await ask('behind the end', new GetObjectCommand({ Bucket, Key: 'a/1', Range: 'bytes=9-12' }));
  const Key = 'a/b/parts';
  const { UploadId } = (await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))) as { UploadId: string };
  const Parts = [];
  for (const [index, Body] of [Buffer.alloc(5 * 1024 * 1024, 'p'), Buffer.from('end')].entries()) {
    const PartNumber = index + 1;
    const part = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag: part.ETag });
  }
  await ask('not complete', new GetObjectCommand({ Bucket, Key }));
  await ask('complete', new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  await ask('its end', new GetObjectCommand({ Bucket, Key, Range: 'bytes=5242878-5242882' }));
  await ask('complete again', new UploadPartCommand({ Bucket, Key, UploadId: 'none', PartNumber: 1, Body: 'x' }));
  await ask('folders', new ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' }));
  await ask('pages', new ListObjectsV2Command({ Bucket, Prefix: 'a/', MaxKeys: 1 }));
  await ask('all', new ListObjectsV2Command({ Bucket, Prefix: 'a/' }));
  await ask('remove', new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
  await ask('remove again', new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
  await ask('removed', new GetObjectCommand({ Bucket, Key: 'a/1' }));
  return said;
}

describe.skipIf(!MINISTACK)('S3 in memory (skipped without MiniStack: set MINISTACK to its program)', () => {
  it('answers as MiniStack does', async () => {
    const server = new S3Server();
    const ministack = await startMiniStack({ enforced: false });
    try {
      expect(await transcript(await server.listen())).toEqual(await transcript(ministack.endpoint));
    } finally {
      await server.close();
      await ministack.close();
    }
  });
});
