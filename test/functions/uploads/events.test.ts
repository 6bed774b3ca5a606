import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKey, readNotification } from '../../../functions/uploads/events.ts';

describe('decodeKey', () => {
  it('gives back every key that S3 may have encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), (key) => {
        expect(decodeKey(encodeURIComponent(key).replaceAll('%20', '+'))).toBe(key);
      }),
    );
  });
});

describe('readNotification', () => {
  it('reads every created object with its version', () => {
    const of = (key: string, eventName: string, versionId?: string) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName,
      s3: { bucket: { name: 'b', arn: 'x' }, object: { key, versionId, sequencer: '0A' } },
    });
    const body = JSON.stringify({
      Records: [
        of('a', 'ObjectCreated:Put', 'v1'),
        of('b', 'ObjectRemoved:Delete'),
        of('c+d', 'ObjectCreated:CompleteMultipartUpload'),
      ],
    });
    expect(readNotification(body)).toEqual([
      { bucket: 'b', key: 'a', versionId: 'v1' },
      { bucket: 'b', key: 'c d', versionId: undefined },
    ]);
  });

  it('throws nothing but an error of its own, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        try {
          readNotification(body);
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^(json-invalid|request-invalid|key-invalid)$/);
        }
      }),
    );
  });
});
