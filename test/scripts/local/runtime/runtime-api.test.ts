import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RESPONSE_PAYLOAD_LIMIT } from '../../../../scripts/local/limits.ts';
import { RuntimeApi } from '../../../../scripts/local/runtime/runtime-api.ts';

describe('RuntimeApi', () => {
  let api: RuntimeApi;
  const call = (path: string, init?: RequestInit) => fetch(`http://${api.address}/2018-06-01/runtime/${path}`, init);
  const post = (path: string, body: string) => call(path, { method: 'POST', body });
  const invocation = {
    requestId: 'id-1',
    payload: '{"a":1}',
    deadline: 1_700_000_000_000,
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:http',
    traceId: 'Root=1-0-0',
  };

  beforeEach(async () => {
    api = await RuntimeApi.listen();
  });
  afterEach(() => api.close());

  it('listens on loopback alone', () => {
    expect(api.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('holds a request for the next event until there is one, and passes headers, event and response', async () => {
    const next = call('invocation/next');
    await api.ready;
    const answered = api.invoke(invocation);
    const response = await next;
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'lambda-runtime-aws-request-id': 'id-1',
      'lambda-runtime-deadline-ms': '1700000000000',
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': 'Root=1-0-0',
    });
    expect(await response.json()).toEqual({ a: 1 });
    expect((await post('invocation/id-1/response', '"done"')).status).toBe(202);
    expect(await answered).toMatchObject({ kind: 'response', body: Buffer.from('"done"') });
  });

  it('passes an error of the function on', async () => {
    const answered = api.invoke(invocation);
    await (await call('invocation/next')).text();
    await post('invocation/id-1/error', JSON.stringify({ errorType: 'TypeError', errorMessage: 'no' }));
    expect(await answered).toEqual({ kind: 'error', type: 'TypeError', message: 'no' });
  });

  it('makes an error of a response above the limit', async () => {
    const answered = api.invoke(invocation);
    await (await call('invocation/next')).text();
    expect((await post('invocation/id-1/response', 'x'.repeat(RESPONSE_PAYLOAD_LIMIT + 1))).status).toBe(413);
    expect(await answered).toMatchObject({ kind: 'error', type: 'Function.ResponseSizeTooLarge' });
  });

  it('refuses an answer to another event, and unknown paths', async () => {
    const answered = api.invoke(invocation);
    await (await call('invocation/next')).text();
    expect((await post('invocation/other/response', '1')).status).toBe(400);
    expect((await post('nothing', '1')).status).toBe(404);
    expect(await Promise.race([answered, sleep(20, 'still open')])).toBe('still open');
  });

  it('rejects with what the runtime reports of its start', async () => {
    await post('init/error', JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: 'gone' }));
    await expect(api.ready).rejects.toThrow('Runtime.ImportModuleError: gone');
  });
});
