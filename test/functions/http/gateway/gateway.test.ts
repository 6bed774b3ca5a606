import fc from 'fast-check';
import { Hono } from 'hono';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { describe, expect, it } from 'vitest';
import { sentBody } from '../../../../functions/http/body/sent-body.ts';
import type { GatewayEvent } from '../../../../functions/http/gateway/formats.ts';
import { toHandler } from '../../../../functions/http/gateway/gateway.ts';
import { MAX_ANSWER_BYTES, MAX_BALANCED_BYTES } from '../../../../functions/shared/limits.ts';

const event = (method: string, path: string, rest: Partial<GatewayEvent> = {}): GatewayEvent => ({
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'abc.execute-api.eu-central-1.amazonaws.com' },
  requestContext: { http: { method } },
  ...rest,
});

const echo = new Hono()
  .post('/bytes', async (context) => {
    // As every route does: it may be beside the request.
    const body = await sentBody(context.req.raw);
    context.header('x-length', String(body.byteLength));
    return context.body(body, 200, { 'content-type': 'image/png' });
  })
  .get('/large/:size', (context) =>
    context.body('"'.repeat(Number(context.req.param('size'))), 200, { etag: '"e"', vary: 'x' }),
  )
  .all('*', async (context) => {
    context.header('set-cookie', 'a=1', { append: true });
    context.header('set-cookie', 'b=2', { append: true });
    const { method, path, raw } = context.req;
    const headers = Object.fromEntries(raw.headers);
    return context.json({
      method,
      path,
      query: context.req.queries(),
      headers,
      body: new TextDecoder().decode(await sentBody(context.req.raw)),
    });
  });
const handler = toHandler(echo);

describe('toHandler', () => {
  it('hands binary bodies over byte for byte, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), async (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        const result = await handler(event('POST', '/bytes', { body, isBase64Encoded: true }));
        expect(result).toMatchObject({ statusCode: 200, body, isBase64Encoded: true });
        expect(result.headers?.['x-length']).toBe(String(bytes.length));
      }),
    );
  });

  it('answers what the Hono adapter answers', async () => {
    const theirs = handle(echo);
    const cases = [
      event('GET', '/a/b', { rawQueryString: 'x=1&x=2&y=%2B', cookies: ['k=v', 'l=w'] }),
      event('POST', '/text', { body: 'grüße', headers: { 'content-type': 'text/plain', host: 'h' } }),
      event('PUT', '/text', { body: Buffer.from('{"a":1}').toString('base64'), isBase64Encoded: true }),
      event('DELETE', '/nothing'),
    ];
    for (const one of cases) {
      const reference = await theirs(structuredClone(one) as unknown as LambdaEvent, {} as LambdaContext);
      expect(await handler(one)).toEqual(reference);
    }
  });

  it('ignores the body of a GET', async () => {
    const result = await handler(event('GET', '/', { body: 'aGk=', isBase64Encoded: true }));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ method: 'GET', body: '' });
  });

  it('keeps a path a path', async () => {
    const result = await handler(event('GET', '//elsewhere.example/a?b#c'));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ path: '//elsewhere.example/a%3Fb%23c', query: {} });
  });

  it('answers what is no request with a problem', async () => {
    for (const wrong of [event('TR ACE', '/'), event('GET', '/', { headers: { 'bad header': 'x' } })]) {
      const result = await handler(wrong);
      expect(result).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
      expect(JSON.parse(result.body ?? '')).toMatchObject({ status: 400 });
    }
  });

  it('says so where an answer is more than Lambda or the load balancer takes, as JSON', async () => {
    const balanced = (size: number) => ({ httpMethod: 'GET', path: `/large/${size}`, requestContext: { elb: {} } });
    for (const [limit, ask] of [
      [MAX_ANSWER_BYTES, (size: number) => event('GET', `/large/${size}`)],
      [MAX_BALANCED_BYTES, balanced],
    ] as const) {
      // Each quotation mark takes two bytes.
      expect(await handler(ask(limit / 2 - 300))).toMatchObject({ statusCode: 200, headers: { etag: '"e"' } });
      const { headers, body, ...refused } = await handler(ask(limit / 2 + 1));
      expect(refused).toMatchObject({ statusCode: 422, isBase64Encoded: false });
      expect(headers).toMatchObject({ 'content-type': 'application/problem+json', vary: 'x' });
      expect(headers).not.toHaveProperty('etag');
      const instance = `/large/${limit / 2 + 1}`;
      expect(JSON.parse(body ?? '')).toMatchObject({ type: '/errors#answer-too-large', instance });
    }
  });

  it.each(['aGk!aGk=', 'a', 'aGk==', 'aG=k'])('refuses a body that only looks like base64: %j', async (body) => {
    const result = await handler(event('POST', '/bytes', { body, isBase64Encoded: true }));
    expect(result).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(result.body ?? '')).toMatchObject({ type: '/errors#request-malformed' });
  });

  it.each(['aGVsbG8', 'aGVs\r\nbG8=\n', 'aGVsbG8='])('reads base64 as it is written: %j', async (body) => {
    const result = await handler(event('POST', '/bytes', { body, isBase64Encoded: true }));
    expect(result).toMatchObject({ statusCode: 200, body: 'aGVsbG8=' });
  });

  it('takes headers in any script, as their bytes', async () => {
    const result = await handler(event('GET', '/', { headers: { 'x-city': 'Łódź', 'x-plain': 'ü' } }));
    const { headers } = JSON.parse(result.body ?? '');
    expect(Buffer.from(headers['x-city'], 'latin1').toString()).toBe('Łódź');
    expect(headers['x-plain']).toBe('ü');
  });

  it('takes at most two parameters, as Node 24 on Lambda demands', () => {
    expect(handler.length).toBeLessThanOrEqual(2);
  });
});
