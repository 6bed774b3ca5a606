import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { earlierResultId } from '../../../functions/shared/jobs/result-id.ts';
import { handleUploads } from '../../../functions/uploads/handler.ts';
import { useModels } from '../models.ts';
import { garbagePictures, plainPicture } from '../pictures.ts';
import { useS3 } from '../s3-stub.ts';

useModels();
const s3 = useS3();
const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  Object.assign(process.env, { RESULTS_BUCKET: 'results', UPLOADS_BUCKET: 'uploads' });
  lines.length = 0;
  const collect = (line: string | Uint8Array) => Boolean(lines.push(JSON.parse(String(line))));
  vi.spyOn(process.stdout, 'write').mockImplementation(collect);
  vi.spyOn(process.stderr, 'write').mockImplementation(collect);
});
afterEach(() => {
  vi.restoreAllMocks();
  delete process.env.RESULTS_BUCKET;
  delete process.env.UPLOADS_BUCKET;
});

const record = (key: string, bucket = 'uploads', eventName = 'ObjectCreated:Put') => ({
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: bucket }, object: { key, size: 1, sequencer: '00' } },
});
const sqs = (...bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({
    messageId: `m${i}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});
const notify = (...records: unknown[]) => ({ Records: records });
const failed = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const result = (key: string) => JSON.parse(s3.written.get(`results/${key}.json`)?.body ?? 'null');

describe('handleUploads', () => {
  it('writes the result object beside the key and logs one line', async () => {
    s3.objects.set('uploads/a.png', await plainPicture('green'));
    expect(await handleUploads(sqs(notify(record('a.png'))))).toEqual(failed());
    expect(result('a.png')).toMatchObject({
      model: { name: 'colours', version: '1' },
      predictions: [{ label: 'green' }, {}, {}],
    });
    expect(s3.written.get('results/a.png.json')?.type).toBe('application/json');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      id: earlierResultId('uploads', 'a.png'),
      messageId: 'm0',
      model: { name: 'colours' },
    });
    // Keys may tell of people.
    expect(JSON.stringify(lines)).not.toContain('a.png');
  });

  it.each([
    ['two+words.png', 'two words.png'],
    ['one%2Bone.png', 'one+one.png'],
    ['gr%C3%BC%C3%9Fe/%E5%BA%AD.png', 'grüße/庭.png'],
    ['100%25.png', '100%.png'],
  ])('reads the key %s as %s', async (encoded, key) => {
    s3.objects.set(`uploads/${key}`, await plainPicture('red'));
    expect(await handleUploads(sqs(notify(record(encoded))))).toEqual(failed());
    expect(result(key).predictions[0].label).toBe('red');
  });

  it('skips the test event and notifications of anything but a creation', async () => {
    const removed = record('a.png', 'uploads', 'ObjectRemoved:Delete');
    expect(await handleUploads(sqs({ Service: 'Amazon S3', Event: 's3:TestEvent' }, notify(removed)))).toEqual(
      failed(),
    );
    expect(s3.asked).toEqual([]);
  });

  it('records a bad picture as its problem and does not ask for it again', async () => {
    const garbage = Object.values(await garbagePictures());
    for (const [i, picture] of garbage.entries()) s3.objects.set(`uploads/${i}`, picture);
    expect(await handleUploads(sqs(...garbage.map((_, i) => notify(record(String(i))))))).toEqual(failed());
    for (const i of garbage.keys()) {
      expect(result(String(i))).toMatchObject({
        type: expect.stringContaining('picture-'),
        status: expect.any(Number),
      });
      expect(result(String(i)).status).toBeLessThan(500);
    }
  });

  it('does all parts of a message of a hundred, whatever becomes of some', async () => {
    const keys = Array.from({ length: 100 }, (_, i) => `many/${i}.png`);
    const picture = await plainPicture('red');
    for (const key of keys) s3.objects.set(`uploads/${key}`, picture);
    s3.objects.set('uploads/many/3.png', { status: 503, code: 'SlowDown' });
    const records = keys.map((key) => record(key));
    records[5] = record('100%');
    Object.assign(records[7] ?? {}, { s3: undefined });
    expect(await handleUploads(sqs(notify(...records)))).toEqual(failed('m0'));
    const done = keys.filter((key) => result(key)?.predictions?.[0].label === 'red');
    expect(done).toHaveLength(97);
    expect(lines.filter(({ level }) => level === 'ERROR')).toHaveLength(1);
    // When the rest is done, what nobody understands is left; without a queue for dead letters it is delivered until SQS moves it.
    s3.objects.set('uploads/many/3.png', picture);
    lines.length = 0;
    expect(await handleUploads(sqs(notify(...records)))).toEqual(failed('m0'));
    expect(result('many/3.png')?.predictions?.[0].label).toBe('red');
    expect(lines.filter(({ level }) => level === 'ERROR')).toMatchObject([{ code: 'key-invalid' }]);
  });

  it.each([
    ['aws:kinesis', { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'aGk=' } }] }],
    ['aws:dynamodb', { Records: [{ eventSource: 'aws:dynamodb', dynamodb: {} }] }],
    ['aws:sns', { Records: [{ EventSource: 'aws:sns', Sns: { Message: '{}' } }] }],
    ['aws:s3', notify(record('a.png'))],
    ['aws:kafka', { eventSource: 'aws:kafka', records: {} }],
    ['an HTTP request', { rawPath: '/classify' }],
    ['undefined', {}],
  ])('refuses what the queue has not sent, by its name: %s', async (sender, event) => {
    await expect(handleUploads(event)).rejects.toMatchObject({
      name: 'request-invalid',
      message: expect.stringContaining(sender),
    });
  });

  it.each([
    ['absent', { status: 404, code: 'NoSuchKey' }, 'object-absent'],
    ['denied', { status: 403, code: 'AccessDenied' }, 'object-denied'],
    ['too large, without reading it', { length: 33 * 1024 * 1024 }, 'object-too-large'],
  ] as const)('records an object that is %s', async (_, stored, code) => {
    s3.objects.set('uploads/a.png', stored);
    expect(await handleUploads(sqs(notify(record('a.png'))))).toEqual(failed());
    expect(result('a.png')).toMatchObject({ type: `/errors#${code}` });
  });

  it('names the failed messages of a mixed batch, and writes nothing twice', async () => {
    s3.objects.set('uploads/good.png', await plainPicture('blue'));
    s3.objects.set('uploads/large.jpg', await plainPicture('green', 'jpeg', { width: 4000, height: 3000 }));
    s3.objects.set('uploads/text.png', Buffer.from('This is not a picture.'));
    s3.objects.set('uploads/slow.png', { status: 503, code: 'SlowDown' });
    s3.objects.set('other/good.png', await plainPicture('red'));
    s3.objects.set('closed/good.png', { status: 403, code: 'AccessDenied' });
    const [good, slow] = [notify(record('good.png')), notify(record('slow.png'))];
    const others = [notify(record('large.jpg')), notify(record('gone.png')), notify(record('text.png'))];
    const foreign = [notify(record('good.png', 'other')), notify(record('good.png', 'closed'))];
    const event = sqs(good, slow, ...others, good, ...foreign, '{"no": "notification"}', slow);
    expect(await handleUploads(event)).toEqual(failed('m1', 'm8', 'm9'));
    const puts = s3.asked.filter((line) => line.startsWith('PUT '));
    expect(puts).toHaveLength(6);
    expect(new Set(puts).size).toBe(6);
    expect(result('good.png').predictions[0].label).toBe('blue');
    expect(result('large.jpg').predictions[0].label).toBe('green');
    expect(result('gone.png')).toMatchObject({ type: '/errors#object-absent' });
    expect(result('text.png')).toMatchObject({ type: expect.stringContaining('picture-') });
    expect(result(`by-id/${earlierResultId('other', 'good.png')}`).predictions[0].label).toBe('red');
    expect(result(`by-id/${earlierResultId('closed', 'good.png')}`)).toMatchObject({ type: '/errors#object-denied' });
  });

  it('fails the message alone where S3 is throttling, so that it comes again', async () => {
    s3.objects.set('uploads/good.png', await plainPicture('blue'));
    s3.objects.set('uploads/slow.png', { status: 503, code: 'SlowDown' });
    const event = sqs(notify(record('slow.png')), notify(record('good.png')));
    expect(await handleUploads(event)).toEqual(failed('m0'));
    expect(result('good.png').predictions[0].label).toBe('blue');
    expect(result('slow.png')).toBeNull();
    expect(s3.asked.filter((line) => line === 'GET uploads/slow.png')).toHaveLength(3);
  });

  it.each(['not json', '{}', '{"Records":[]}', '{"Records":[{"eventSource":"aws:sns"}]}', 'null', '[]'])(
    'fails the body %s alone',
    async (body) => {
      s3.objects.set('uploads/good.png', await plainPicture('blue'));
      expect(await handleUploads(sqs(body, notify(record('good.png'))))).toEqual(failed('m0'));
      expect(result('good.png')).not.toBeNull();
    },
  );

  it('fails a key that is not URL-encoded', async () => {
    expect(await handleUploads(sqs(notify(record('%E0%A4%A'))))).toEqual(failed('m0'));
  });

  it('never answers its own results', async () => {
    expect(await handleUploads(sqs(notify(record('a.png.json', 'results'))))).toEqual(failed());
    expect(s3.asked).toEqual([]);
  });

  it('only logs where no results bucket is set', async () => {
    delete process.env.RESULTS_BUCKET;
    s3.objects.set('uploads/a.png', await plainPicture('green'));
    expect(await handleUploads(sqs(notify(record('a.png'))))).toEqual(failed());
    expect(s3.written.size).toBe(0);
    expect(lines[0]).toMatchObject({ message: 'picture classified' });
  });

  it('fails the messages where the model does not load', async () => {
    s3.objects.set('uploads/a.png', await plainPicture('green'));
    const before = process.env.MODELS_DIR as string;
    process.env.MODELS_DIR = '/nowhere';
    expect(await handleUploads(sqs(notify(record('a.png'))))).toEqual(failed('m0'));
    process.env.MODELS_DIR = before;
  });

  it('begins nothing that there is no time for, and puts it back', async () => {
    s3.objects.set('uploads/a.png', await plainPicture('green'));
    const times = [10_000, 6_000, 4_999];
    const invocation = { awsRequestId: 'r', getRemainingTimeInMillis: () => times.shift() ?? 0 };
    const event = sqs(notify(record('a.png')), notify(record('b.png')), notify(record('c.png')));
    expect(await handleUploads(event, invocation)).toEqual(failed('m1', 'm2'));
    expect(result('a.png')).not.toBeNull();
    expect(s3.asked).not.toContain('GET uploads/b.png');
    expect(lines.map(({ message }) => message)).toContain('message put back: there is not enough time left');
  });

  it('answers an upload once that is in a batch several times', async () => {
    s3.objects.set('uploads/a.png', await plainPicture('green'));
    const twice = notify(record('a.png'));
    expect(await handleUploads(sqs(twice, twice, twice))).toEqual(failed());
    expect(s3.asked.filter((line) => line === 'GET uploads/a.png')).toHaveLength(1);
  });
});
