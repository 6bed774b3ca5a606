import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { correlate, parseTraceparent } from '../../../../functions/http/middleware/correlate.ts';
import { correlation } from '../../../../functions/shared/observe/correlation.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const app = new Hono().use(correlate()).get('/', async (context) => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return context.json(correlation());
});
const event = { rawPath: '/', rawQueryString: '', headers: {}, requestContext: { http: { method: 'GET' } } };

describe('correlate', () => {
  it("echoes the caller's request id, and every log line has it with the trace", async () => {
    const response = await app.request('/', { headers: { 'x-request-id': 'abc-123', traceparent: TRACE } });
    expect(response.headers.get('x-request-id')).toBe('abc-123');
    expect(await response.json()).toEqual({
      requestId: 'abc-123',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentId: '00f067aa0ba902b7',
    });
  });

  it.each(['', 'a b', '{"level":"error"}', 'x'.repeat(129), '-x', 'ä'])('makes its own in place of %j', async (id) => {
    const headers = new Headers();
    headers.set('x-request-id', Buffer.from(id).toString('latin1'));
    const response = await app.request('/', { headers });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("takes API Gateway's where the caller has none", async () => {
    const environment = {
      event: { ...event, requestContext: { ...event.requestContext, requestId: 'JKJaXmPLvHcESHA=' } },
    };
    const response = await app.request('/', {}, environment);
    expect(response.headers.get('x-request-id')).toBe('JKJaXmPLvHcESHA=');
  });
});

describe('parseTraceparent', () => {
  it.each([
    undefined,
    '',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
    `${TRACE}-more`,
    `${TRACE}x`,
  ])('ignores %j', (header) => {
    expect(parseTraceparent(header)).toEqual({});
  });

  it('reads later versions, which may say more', () => {
    expect(parseTraceparent(`01${TRACE.slice(2)}-more`)).toMatchObject({ parentId: '00f067aa0ba902b7' });
  });
});
