import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKey } from '../../../functions/shared/events/s3-notification.ts';
import type { Work } from '../../../functions/shared/jobs/work.ts';
import { readMessage } from '../../../functions/shared/read-message.ts';

const read = (body: unknown) => readMessage(typeof body === 'string' ? body : JSON.stringify(body), 'm1');
const jobs = (works: Work[]) => works.map((work) => (work.kind === 'job' ? work.job : expect.fail('no job')));

const record = (key: string, more: Record<string, unknown> = {}, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'b', arn: 'x' }, object: { key, sequencer: '0a', ...more } },
});
const created = (detail: unknown, type = 'Object Created') => ({
  id: 'e1',
  source: 'aws.s3',
  'detail-type': type,
  detail,
});

describe('decodeKey', () => {
  it('gives back every key that S3 may have encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), (key) => {
        expect(decodeKey(encodeURIComponent(key).replaceAll('%20', '+'))).toBe(key);
      }),
    );
  });
});

describe('readMessage', () => {
  const notification = { Records: [record('a', { versionId: 'v1' }), record('c+d%2B', {}, 'ObjectCreated:Copy')] };
  const both = [
    { object: { bucket: 'b', key: 'a', versionId: 'v1' }, sequencer: '0a', revision: 's-0A' },
    { object: { bucket: 'b', key: 'c d+' }, sequencer: '0a', revision: 's-0A' },
  ];

  it('reads every created object with its version, straight and raw from SNS', () => {
    expect(jobs(read(notification))).toMatchObject(both);
    expect(jobs(read(notification))[1]?.object).not.toHaveProperty('versionId');
  });

  it('reads what SNS wrapped, once', () => {
    const wrap = (content: unknown) => ({ Type: 'Notification', TopicArn: 'arn', Message: JSON.stringify(content) });
    expect(jobs(read(wrap(notification)))).toMatchObject(both);
    expect(read(wrap({ Event: 's3:TestEvent' }))).toEqual([]);
    expect(() => read(wrap(wrap(notification)))).toThrow(/nothing that is known/);
    expect(() => read({ ...wrap(''), Message: 'no json' })).toThrow(/not valid JSON/);
  });

  it('reads an EventBridge event of S3, whose key is not encoded', () => {
    const object = { key: 'a+b%2B.png', 'version-id': 'v', sequencer: '0A' };
    expect(jobs(read(created({ bucket: { name: 'b' }, object })))).toMatchObject([
      { object: { bucket: 'b', key: 'a+b%2B.png', versionId: 'v' }, revision: 's-0A' },
    ]);
    // The event's own id, which stays when it is delivered again, where S3 gave the object no place.
    expect(jobs(read(created({ bucket: { name: 'b' }, object: { key: 'k' } })))[0]?.revision).toBe('m-e1');
    expect(read(created({ anything: 1 }, 'Object Deleted'))).toEqual([]);
  });

  it('reads a job, under the message that asked for it or the version that it names', () => {
    expect(jobs(read({ bucket: 'b', key: 'a+b', model: 'm', topK: 2 }))).toEqual([
      {
        object: { bucket: 'b', key: 'a+b' },
        options: { model: 'm', top_k: 2 },
        revision: 'm-m1',
      },
    ]);
    const [plain] = jobs(read({ bucket: 'b', key: 'k', versionId: 'v' }));
    const [other] = jobs(read({ bucket: 'b', key: 'k', versionId: 'v', model: 'm' }));
    expect(plain?.revision).toBe('v-v');
    expect(other?.revision).toMatch(/^v-v-[0-9a-f]{12}$/);
  });

  it('reads a request from the bus, and a receipt', () => {
    const event = (source: string, type: string, detail: unknown) => ({ id: 'e', source, 'detail-type': type, detail });
    expect(jobs(read(event('shop', 'ClassificationRequested', { bucket: 'b', key: 'k' })))).toMatchObject([
      { object: { bucket: 'b', key: 'k' }, revision: 'm-e' },
    ]);
    expect(read(event('freezeframe', 'PictureClassified', { id: 'i', revision: 'r', result: {} }))).toEqual([
      { kind: 'receipt', id: 'i', revision: 'r' },
    ]);
    // Nobody else may say that an event was sent.
    expect(() => read(event('shop', 'PictureClassified', { id: 'i', revision: 'r' }))).toThrow(/not known/);
  });

  it('skips folders that were made in a console, and reads what is called so and has bytes', () => {
    for (const key of ['photos/', 'a+b/', 'photos_%24folder%24']) {
      expect(read({ Records: [record(key, { size: 0 })] })).toEqual([]);
      expect(jobs(read({ Records: [record(key, { size: 1 })] }))).toHaveLength(1);
    }
    expect(read(created({ bucket: { name: 'b' }, object: { key: 'photos/', size: 0 } }))).toEqual([]);
    expect(jobs(read({ Records: [record('empty.jpg', { size: 0 })] }))).toHaveLength(1);
  });

  it('reads which bytes are meant, with quotation marks or without', () => {
    for (const eTag of ['0f', '"0f"']) {
      expect(jobs(read({ Records: [record('a', { eTag })] }))[0]?.object).toMatchObject({ eTag: '0f' });
      const event = created({ bucket: { name: 'b' }, object: { key: 'a', etag: eTag } });
      expect(jobs(read(event))[0]?.object).toMatchObject({ eTag: '0f' });
    }
    expect(jobs(read({ Records: [record('a', { eTag: '' })] }))[0]?.object).not.toHaveProperty('eTag');
  });

  it('keeps what else is in a request, and does it once for each', () => {
    const asked = (more: object) => jobs(read({ bucket: 'b', key: 'k', versionId: 'v', ...more }))[0];
    expect(asked({ orderId: 7, colour: 'red' })?.request).toEqual({ orderId: 7, colour: 'red' });
    expect(asked({ orderId: 7 })?.revision).not.toBe(asked({ orderId: 8 })?.revision);
    expect(asked({ orderId: 7 })?.revision).toBe(asked({ orderId: 7 })?.revision);
  });

  it("skips S3's test event and notifications of anything but a creation", () => {
    expect(read({ Service: 'Amazon S3', Event: 's3:TestEvent' })).toEqual([]);
    expect(read({ Records: [record('a', {}, 'ObjectRemoved:Delete')] })).toEqual([]);
  });

  it.each([
    ['not json', 'json-invalid'],
    ['null', 'request-invalid'],
    ['[]', 'request-invalid'],
    ['{"hello":"world"}', 'request-invalid'],
    ['{"Records":[]}', 'request-invalid'],
    ['{"Records":[{"eventSource":"aws:sns"}]}', 'request-invalid'],
    ['{"bucket":"b"}', 'request-invalid'],
    [JSON.stringify({ bucket: 'b', key: 'k', more: 'x'.repeat(70_000) }), 'request-invalid'],
    [JSON.stringify({ Records: [record('%E0%A4%A')] }), 'key-invalid'],
    [JSON.stringify({ Records: [record('a', { sequencer: 'not hex' })] }), 'request-invalid'],
  ])('refuses %s', (body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
  });

  it('throws nothing but an error of its own, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        try {
          read(body);
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^(json-invalid|request-invalid|key-invalid)$/);
        }
      }),
    );
  });
});
