import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownText, useEventResponses } from '../../../../functions/http/gateway/event-response.ts';
import { toHandler } from '../../../../functions/http/gateway/gateway.ts';

const Real = globalThis.Response;

beforeAll(useEventResponses);
afterAll(() => {
  globalThis.Response = Real;
});

type Arguments = ConstructorParameters<typeof Response>;

const CASES: readonly (readonly [string, () => Arguments])[] = [
  ['text', () => ['hällo']],
  ['nothing', () => []],
  ['null and a status', () => [null, { status: 204, headers: { allow: 'GET' } }]],
  ['JSON', () => ['{"a":1}', { headers: { 'content-type': 'application/json' } }]],
  ['a refusal', () => ['{}', { status: 422, statusText: 'No', headers: new Headers({ 'x-a': '1' }) }]],
  ['bytes', () => [new Uint8Array([1, 2, 255]), { headers: [['content-type', 'image/png']] }]],
  ['a form', () => [new URLSearchParams({ a: '1' })]],
];

const made = (of: typeof Response, values: Arguments) => new of(...values);

describe('a response of an event', () => {
  it.each(CASES)('of %s says what a real one says', async (_, values) => {
    const [own, real] = [made(Response, values()), made(Real, values())];
    expect([own.status, own.ok, own.statusText, own.type, own.redirected]).toEqual([
      real.status,
      real.ok,
      real.statusText,
      real.type,
      real.redirected,
    ]);
    expect([...own.headers]).toEqual([...real.headers]);
    expect(own.bodyUsed).toBe(false);
    expect(await own.clone().text()).toBe(await real.clone().text());
    expect(Buffer.from(await own.arrayBuffer())).toEqual(Buffer.from(await real.arrayBuffer()));
    expect(own.bodyUsed).toBe(real.bodyUsed);
    expect(own).toBeInstanceOf(Response);
    expect(own).toBeInstanceOf(Real);
  });

  it.each([
    ['a status below 200', () => ['', { status: 199 }]],
    ['a status above 599', () => ['', { status: 600 }]],
    ['a body with 204', () => ['x', { status: 204 }]],
  ] as readonly (readonly [string, () => Arguments])[])('refuses %s as a real one does', (_, values) => {
    const failure = (of: typeof Response) => {
      try {
        made(of, values());
      } catch (error) {
        return (error as Error).constructor.name;
      }
      return undefined;
    };
    expect(failure(Real)).toBeDefined();
    expect(failure(Response)).toBe(failure(Real));
  });

  it('knows its text until it is asked for in another way, and a real one does not', async () => {
    const response = new Response('text');
    expect(knownText(response)).toBe('text');
    expect(knownText(new Response(null))).toBeNull();
    expect(knownText(new Response(new Uint8Array(1)))).toBeUndefined();
    expect(knownText(new Real('text'))).toBeUndefined();
    expect(await response.text()).toBe('text');
    expect(knownText(response)).toBeUndefined();
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  it('has what a Response has besides', async () => {
    expect(await Response.json({ a: 1 }).json()).toEqual({ a: 1 });
    expect(Response.error().type).toBe('error');
  });

  it('is answered by an app as a real one is', async () => {
    const answers = [];
    for (const of of [Real, Response]) {
      globalThis.Response = of;
      const app = new Hono();
      app.use(async (context, next) => {
        await next();
        context.res.headers.set('x-after', 'ä'.length.toString());
        context.header('x-later', '2');
      });
      app.get('/json', (context) => context.json({ ä: '\ud800' }));
      app.get('/text', (context) => context.text('täxt', 418));
      app.get('/none', (context) => context.body(null, 204));
      app.get('/bytes', () => new Response(new Uint8Array([0, 255]), { headers: { 'content-type': 'image/png' } }));
      app.get('/lone', () => new Response('\ud800'));
      app.get('/throws', () => {
        throw new Error('no');
      });
      app.onError(() => new Response('{}', { status: 500, headers: { 'content-type': 'application/problem+json' } }));
      const handler = toHandler(app);
      for (const rawPath of ['/json', '/text', '/none', '/bytes', '/lone', '/throws', '/nowhere']) {
        const requestContext = { http: { method: 'GET' } };
        answers.push(await handler({ rawPath, rawQueryString: '', headers: {}, requestContext }));
      }
    }
    expect(answers.slice(7)).toEqual(answers.slice(0, 7));
    expect(answers.map(({ statusCode }) => statusCode).slice(0, 7)).toEqual([200, 418, 204, 200, 200, 500, 404]);
  });
});
