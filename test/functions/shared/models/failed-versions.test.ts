import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';
import { expect, it } from 'vitest';
import { FailedVersions } from '../../../../functions/shared/models/failed-versions.ts';

const VERSION = { name: 'colours', version: '2', digest: 'd', content: 'c' };

/** When it may be tried again after it failed at 0, in minutes; a day at most. */
function pauseAfter(failed: FailedVersions, error: unknown, at = 0): number {
  failed.add(VERSION, error, at * 60_000);
  for (let minute = at; minute <= at + 1440; minute++) {
    try {
      failed.check(VERSION, minute * 60_000);
      return minute - at;
    } catch {}
  }
  return Number.POSITIVE_INFINITY;
}

it.each<ErrorCode>(['model-corrupt', 'model-datatype', 'manifest-mismatch'])(
  'tries no file again that is %s',
  (code) => {
    const failed = new FailedVersions(60_000);
    expect(pauseAfter(failed, new FreezeframeError(code, ''))).toBe(Number.POSITIVE_INFINITY);
    expect(() => failed.check(VERSION, 0)).toThrow(expect.objectContaining({ code: 'model-damaged' }));
    expect(() => failed.check({ ...VERSION, content: 'other' }, 0)).not.toThrow();
  },
);

it.each([
  ...(['engine-unavailable', 'decoder-unavailable', 'model-unreadable', 'model-file-missing'] as const).map(
    (code) => new FreezeframeError(code, code),
  ),
  ...['EMFILE', 'ENOSPC', 'ENOMEM'].map((code) => Object.assign(new Error(code), { code })),
])('tries again after a pause: %s', (error) => {
  const failed = new FailedVersions(60_000);
  expect(pauseAfter(failed, error)).toBe(1);
  expect(() => failed.check(VERSION, 59_999)).toThrow(error);
});

it('pauses twice as long each time, an hour at most, until a version opens', () => {
  const failed = new FailedVersions(60_000);
  const error = new Error('std::bad_alloc');
  const pauses = Array.from({ length: 8 }, (_, time) => pauseAfter(failed, error, time * 100));
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  failed.delete(VERSION);
  expect(pauseAfter(failed, error)).toBe(1);
});
