import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../scripts/store/digest.ts';
import { openStore } from '../../../scripts/store/places.ts';
import { S3Server } from '../../aws/s3-server.ts';
import { failsWith, storeContract } from './contract.ts';
import { expectLinear, tagsContract } from './contract-tags.ts';
import { CREDENTIALS, s3Place } from './s3-places.ts';
import { sampleContent, sampleDraft, sampleModel } from './sample.ts';

const server = new S3Server();
server.buckets.add('models');
const before = { ...process.env };
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-s3-'));
  Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: await server.listen() });
});
afterAll(async () => {
  for (const name of [...Object.keys(CREDENTIALS), 'AWS_ENDPOINT_URL']) delete process.env[name];
  Object.assign(process.env, before);
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

storeContract('S3 (in memory)', () => s3Place('models', scratch));
tagsContract('S3 (in memory)', () => s3Place('models', scratch));

describe('a store in S3', () => {
  afterEach(() => {
    server.before = () => {};
    server.after = () => true;
    server.conditional = true;
    vi.unstubAllEnvs();
  });

  const objectsOf = (prefix: string) =>
    [...server.objects.keys()]
      .filter((key) => key.startsWith(`models/${prefix}/`))
      .map((key) => key.slice(`models/${prefix}/`.length));

  it('has the documented layout', async () => {
    const place = await s3Place('models', scratch);
    const { digest } = await place.open().save('gnomes', sampleContent(1));
    expect(objectsOf(place.prefix).sort()).toEqual([
      expect.stringMatching(new RegExp(`^models/gnomes/contents/${digest.slice(0, 12)}-[0-9a-f]{8}/manifest.json$`)),
      expect.stringMatching(/model.onnx$/),
      'models/gnomes/head.json',
      'store.json',
    ]);
    expect(place.open().location).toBe(place.url);
  });

  it('shows nothing of a save that ends before the head is written, and clears it away after a day', async () => {
    const place = await s3Place('models', scratch);
    const store = place.open();
    await store.save('gnomes', sampleContent(1));
    server.before = ({ method, url }) => {
      if ((method === 'PUT' && url?.includes('head.json')) || method === 'DELETE')
        throw S3Server.refusal('AccessDenied', 403);
    };
    await failsWith('store-denied', place.open().save('gnomes', sampleContent(2)));
    server.before = () => {};
    expect((await store.list()).models).toHaveLength(1);
    expect(objectsOf(place.prefix).filter((key) => key.includes('contents'))).toHaveLength(4);
    expect(await store.sweep()).toBe(0);
    for (const [key, object] of server.objects) if (key.includes(place.prefix)) object.written = new Date(0);
    expect(await store.sweep()).toBe(1);
    expect(objectsOf(place.prefix).filter((key) => key.includes('contents'))).toHaveLength(2);
    await store.verify('gnomes');
  });

  it('saves nothing twice where what is there cannot be asked for', async () => {
    const place = await s3Place('models', scratch);
    await place.open().save('gnomes', sampleContent(1));
    server.before = ({ method, url }) => {
      if (method === 'GET' && url?.includes('manifest.json')) throw S3Server.refusal('AccessDenied', 403);
    };
    await failsWith('store-denied', place.open().save('gnomes', sampleContent(1)));
    server.before = () => {};
    expect((await place.open().list()).models.map(({ version }) => version)).toEqual(['1']);
  });

  it('writes and reads large models in parts, and gives up parts that nobody finishes', async () => {
    const place = await s3Place('models', scratch);
    const content = { manifest: sampleDraft(), model: sampleModel('large', 35 * 1024 * 1024) };
    const saved = await place.open().save('gnomes', content);
    const [puts] = [
      server.requests.filter((line) => line.startsWith('PUT') && line.includes(place.prefix) && line.includes('onnx')),
    ];
    expect(puts).toHaveLength(3);
    const reads = server.requests.length;
    const { folder } = await place.open().resolve('gnomes');
    expect(server.requests.slice(reads).filter((line) => line.includes('onnx'))).toHaveLength(5);
    expect(sha256(await readFile(join(folder, 'model.onnx')))).toBe(saved.manifest.files['model.onnx'].sha256);

    server.before = ({ method, url }) => {
      if (method === 'POST' && url?.includes('uploadId')) throw S3Server.refusal('AccessDenied', 403);
      if (method === 'DELETE') throw S3Server.refusal('AccessDenied', 403);
    };
    const other = { ...content, model: sampleModel('other', 20 * 1024 * 1024) };
    await failsWith('store-denied', place.open().save('gnomes', other));
    server.before = () => {};
    expect(server.uploads.size).toBe(1);
    expect(await place.open().sweep()).toBe(0);
    for (const upload of server.uploads.values()) upload.begun = new Date(0);
    expect(await place.open().sweep()).toBe(1);
    expect(server.uploads.size).toBe(0);
  });

  it('knows its own write where the answer to it was lost', async () => {
    const place = await s3Place('models', scratch);
    const lose = (word: string) => {
      let lost = false;
      server.after = ({ method, url }) => {
        if (lost || method !== 'PUT' || !url?.includes(word)) return true;
        lost = true;
        return false;
      };
    };
    lose('head.json');
    expect(await place.open().save('gnomes', sampleContent(1))).toMatchObject({ version: '1' });
    lose('head.json');
    expect(await place.open().save('gnomes', sampleContent(2))).toMatchObject({ version: '2' });
    lose('head.json');
    expect(await place.open().tag('gnomes@2', 'production', { expect: '1' })).toMatchObject({ from: '1', to: '2' });
    lose('manifest.json');
    expect(await place.open().save('gnomes', sampleContent(3))).toMatchObject({ version: '3' });
    lose('head.json');
    await place.open().remove('gnomes@1');
    const { models, damaged } = await place.open().list();
    expect([models.map(({ version }) => version), damaged]).toEqual([['2', '3'], []]);
    expect(await place.open().history('gnomes')).toHaveLength(1);
  });

  it('keeps a long history in pages, and all of it', async () => {
    const place = await s3Place('models', scratch);
    const store = place.open();
    for (const i of [1, 2]) await store.save('gnomes', sampleContent(i));
    for (let i = 0; i < 230; i++) await store.tag(`gnomes@${2 - (i % 2)}`, 'staging');
    expect(objectsOf(place.prefix)).toContain('models/gnomes/history/1.json');
    const history = await place.open().history('gnomes');
    expect(history).toHaveLength(230);
    expectLinear(history, { staging: null });
  });

  it('fetches again what is damaged on this machine', async () => {
    const place = await s3Place('models', scratch);
    const store = place.open();
    const { folder } = await store.save('gnomes', sampleContent(1));
    await writeFile(join(folder, 'model.onnx'), 'damaged');
    expect(new Uint8Array(await readFile(join((await store.resolve('gnomes')).folder, 'model.onnx')))).toEqual(
      sampleModel(1),
    );
    await rm(folder, { recursive: true });
    expect((await store.resolve('gnomes')).folder).toBe(folder);
  });

  it('refuses a model file that is not what was saved', async () => {
    const place = await s3Place('models', scratch);
    await place.damage(await place.open().save('gnomes', sampleContent(1)), 'model.onnx');
    await failsWith('model-damaged', place.open().resolve('gnomes'));
  });

  it('refuses a model file of which a part is missing', async () => {
    const place = await s3Place('models', scratch);
    await place.open().save('gnomes', { manifest: sampleDraft(), model: sampleModel('large', 9 * 1024 * 1024) });
    const [key, object] = [...server.objects].find(([at]) => at.includes(place.prefix) && at.endsWith('.onnx')) ?? [];
    if (!key || !object) throw new Error('no model');
    // Within the last range, and before it.
    for (const length of [object.bytes.length - 1, 1024]) {
      server.objects.set(key, { ...object, bytes: object.bytes.subarray(0, length) });
      const refused = expect(place.open().resolve('gnomes')).rejects;
      await refused.toMatchObject({ code: 'model-damaged', message: expect.stringContaining('not whole') });
    }
  });

  it('refuses a server that ignores conditions', async () => {
    server.conditional = false;
    const place = await s3Place('models', scratch);
    await failsWith('store-not-conditional', place.open().save('gnomes', sampleContent(1)));
    expect(objectsOf(place.prefix)).toEqual([]);
  });

  it.each(['{', '{"formatVersion": 2}', ''])('refuses a head that it does not understand (%s)', async (text) => {
    const place = await s3Place('models', scratch);
    await place.open().save('gnomes', sampleContent(1));
    const key = `models/${place.prefix}/models/gnomes/head.json`;
    server.objects.set(key, { bytes: Buffer.from(text), eTag: '"x"', written: new Date() });
    await failsWith('store-damaged', place.open().find('gnomes'));
    await failsWith('store-damaged', place.open().save('gnomes', sampleContent(2)));
    expect(server.objects.get(key)?.bytes.toString()).toBe(text);
  });

  it.each([
    ['NoSuchBucket', 404, 'store-bucket-missing', /s3 mb/],
    ['AccessDenied', 403, 'store-denied', /s3:GetObject/],
    ['ExpiredToken', 400, 'store-denied', /log in/],
    ['InvalidAccessKeyId', 403, 'store-denied', /credentials/],
    ['SignatureDoesNotMatch', 403, 'store-denied', /credentials/],
    ['PermanentRedirect', 301, 'store-unreachable', /AWS_REGION/],
    ['Strange', 400, 'store-unreachable', /AWS_ENDPOINT_URL/],
  ])('says what to do about %s', async (name, status, code, remedy) => {
    const place = await s3Place('models', scratch);
    server.before = () => {
      throw S3Server.refusal(name, status);
    };
    const works = [
      () => place.open().find('gnomes'),
      () => place.open().list(),
      () => place.open().save('gnomes', sampleContent(1)),
      () => place.open().sweep(),
    ];
    for (const work of works) await failsWith(code, work(), remedy);
  });

  it('says so where nothing answers, the answer is not of S3, or there are no credentials', async () => {
    const place = await s3Place('models', scratch);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    await failsWith('store-unreachable', place.open().find('gnomes'));
    const page = createServer((_, response) => response.end('<html><body>It works!</body></html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(page.address() as AddressInfo).port}`);
    await failsWith('store-unreachable', place.open().list());
    await failsWith('store-damaged', place.open().find('gnomes'));
    await new Promise((resolve) => page.close(resolve));
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    await failsWith('region-missing', place.open().find('gnomes'));
  });

  it.each([
    's3://',
    's3://B/x',
    's3://bucket//x',
    's3://bucket/../x',
    's3://bucket/a b',
    'gs://bucket/x',
    'S3://bucket/x',
  ])('refuses the place %s', (place) => {
    expect(() => openStore(place)).toThrow(expect.objectContaining({ code: 'store-not-valid' }));
  });
});
