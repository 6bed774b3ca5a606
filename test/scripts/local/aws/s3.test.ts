import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromAwsChunked, type LoopbackS3, startS3 } from '../../../../scripts/local/aws/s3.ts';

describe('startS3', () => {
  let work: string;
  let server: LoopbackS3;
  let client: S3Client;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-s3-'));
    await writeFile(join(work, 'secret'), 'secret');
    server = await startS3({ uploads: join(work, 'uploads') });
    client = new S3Client({
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });
  afterAll(async () => {
    client.destroy();
    server.close();
    await rm(work, { recursive: true });
  });

  it.each(['a.txt', 'deep/er/ä ö+&?.txt'])('stores and gives back %j through the official client', async (Key) => {
    const object = { Bucket: 'uploads', Key };
    await client.send(new PutObjectCommand({ ...object, Body: `body of ${Key}` }));
    expect(await readFile(join(work, 'uploads', Key), 'utf8')).toBe(`body of ${Key}`);
    const { Body } = await client.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe(`body of ${Key}`);
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(Buffer.byteLength(`body of ${Key}`));
  });

  it('takes the longest name that there is, and refuses a longer one', async () => {
    const put = (length: number) =>
      client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'n'.repeat(length), Body: 'x' }));
    await put(255);
    await expect(put(256)).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it('takes a stream, which the client sends in chunks of its own', async () => {
    const Body = Readable.from([Buffer.alloc(70_000, 1), Buffer.alloc(70_000, 2)]);
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'stream', Body, ContentLength: 140_000 }));
    const stored = await readFile(join(work, 'uploads', 'stream'));
    expect(stored.equals(Buffer.concat([Buffer.alloc(70_000, 1), Buffer.alloc(70_000, 2)]))).toBe(true);
    expect((await readdir(join(work, 'uploads'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('answers as S3 where there is nothing', async () => {
    const get = (Bucket: string, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));
    await expect(get('uploads', 'absent')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get('other', 'a.txt')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(get('constructor', 'a.txt')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it.each([
    '../secret',
    '%2e%2e/secret',
    '..%2fsecret',
    'a/../../secret',
    '/secret',
    'a%00b',
    '%ff',
    'link/secret',
    'x\\..\\y',
  ])('does not let the key %j out of the folder', async (key) => {
    await mkdir(join(work, 'uploads'), { recursive: true });
    await symlink(work, join(work, 'uploads', 'link')).catch(() => {});
    for (const method of ['GET', 'PUT']) {
      const { status, text } = await raw(method, `/uploads/${key}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toContain('secret<');
    }
    expect(await readFile(join(work, 'secret'), 'utf8')).toBe('secret');
  });

  /** fetch would tidy the path up before it is sent. */
  function raw(method: string, path: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(server.endpoint, { method, path }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, text });
      });
      sent.once('error', reject).end(method === 'PUT' ? 'overwritten' : undefined);
    });
  }
});

describe('fromAwsChunked', () => {
  it('joins the chunks and leaves signatures and trailers out', () => {
    const sent = '3;chunk-signature=x\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n';
    expect(fromAwsChunked(Buffer.from(sent))?.toString()).toBe('abcde');
  });

  it.each(['', 'zz\r\nabc', '5\r\nabc\r\n'])('knows that %j is cut off', (sent) => {
    expect(fromAwsChunked(Buffer.from(sent))).toBeUndefined();
  });
});
