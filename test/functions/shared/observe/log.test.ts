import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeError, logLine } from '../../../../functions/shared/observe/log.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('logLine', () => {
  it('writes one line of JSON, whatever the fields hold, errors to stderr', () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    logLine('info', 'two\nlines', { key: 'a\r\nb' });
    logLine('error', 'bad');
    const [line] = out.mock.calls[0] as [string];
    expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).toMatchObject({ level: 'INFO', message: 'two\nlines', key: 'a\r\nb' });
    expect(err).toHaveBeenCalledOnce();
  });
});

describe('logLine on a managed instance', () => {
  const store = { hasContext: vi.fn(), run: vi.fn((_: object, work: () => void) => work()) };

  it.each([
    [false, 1],
    [true, 0],
  ])('has a store of its own where no invocation has one (%s)', (hasContext, runs) => {
    vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '64');
    vi.stubGlobal('awslambda', { InvokeStore: store });
    store.run.mockClear();
    store.hasContext.mockReturnValue(hasContext);
    // What Powertools asks of it besides is tried with AWS's own store, end to end.
    const out = vi.spyOn(Logger.prototype, 'info').mockImplementation(() => undefined);
    logLine('info', 'model loaded');
    expect(out).toHaveBeenCalledOnce();
    expect(store.run).toHaveBeenCalledTimes(runs);
  });
});

describe('describeError', () => {
  it('keeps code, stack and causes, and takes what is no error', () => {
    const cause = Object.assign(new Error('disk'), { code: 'EIO' });
    expect(describeError(new TypeError('no', { cause }))).toMatchObject({
      error: 'TypeError',
      reason: 'no',
      stack: expect.stringContaining('log.test.ts'),
      cause: { code: 'EIO', reason: 'disk' },
    });
    expect(describeError('text')).toEqual({ error: 'text' });
  });
});
