import { describe, expect, it } from 'vitest';
import { jobRequest } from '../../../../functions/shared/events/job-request.ts';

const read = (more: string) => jobRequest.read(JSON.parse(`{"bucket":"b","key":"k",${more.slice(1)}`), 'm');
const nested = (levels: number) => `{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;

describe('what a job holds besides', () => {
  it.each(['{"order":9007199254740991}', '{"a":{"b":[0,-1.5,null,true,"9007199254740993",1e-45]}}', nested(29)])(
    'is handed back: %s',
    (more) => {
      expect(read(more)).toMatchObject([{ kind: 'job', job: { request: JSON.parse(more) } }]);
    },
  );

  it.each([
    '{"order":9007199254740993}',
    '{"order":-12345678901234567890}',
    '{"a":{"b":[1e300]}}',
    '{"a":1e-200}',
    nested(31),
    nested(30_000),
  ])('is refused where it could not be', (more) => {
    expect(() => read(more)).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });

  it('is named where it is refused', () => {
    expect(() => read('{"order":9007199254740993}')).toThrow(/the field order but received 9007199254740992/);
  });
});
