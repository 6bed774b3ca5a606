import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { eventRequest } from '../../../../functions/http/gateway/event-request.ts';

const URL_TEXT = 'https://function.internal/a%3Fb?x=1';
const make = (bytes?: Uint8Array<ArrayBuffer>, method = 'POST', headers: Record<string, string> = {}) =>
  eventRequest(new URL(URL_TEXT), method, new Headers(headers), bytes);
const real = (bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  new Request(URL_TEXT, { method: 'POST', headers, body: bytes });

describe('eventRequest', () => {
  it('hands over exactly its bytes, those of small Buffers too, which share their memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), async (bytes) => {
        const buffer = Buffer.from(Buffer.from(bytes).toString('base64'), 'base64');
        expect(new Uint8Array(await make(buffer).arrayBuffer())).toEqual(bytes);
      }),
    );
  });

  it('does not copy a picture', async () => {
    const buffer = Buffer.from(Buffer.alloc(100_000, 7).toString('base64'), 'base64');
    expect(await make(buffer).arrayBuffer()).toBe(buffer.buffer);
  });

  it('answers whatever else is asked as a Request does', async () => {
    const bytes = new TextEncoder().encode('{"ä":1}');
    const headers = { 'content-type': 'application/json' };
    const request = make(bytes, 'POST', headers);
    expect(request).toBeInstanceOf(Request);
    expect([request.url, request.method]).toEqual([URL_TEXT, 'POST']);
    expect(Object.fromEntries(request.headers)).toEqual(headers);
    expect(await make(bytes).text()).toBe(await real(bytes).text());
    expect(await make(bytes).json()).toEqual({ ä: 1 });
    expect(await make(bytes).clone().text()).toBe('{"ä":1}');
    expect(await (await make(bytes, 'POST', headers).blob()).text()).toBe('{"ä":1}');
    expect(make(bytes).bodyUsed).toBe(false);
    expect(make(bytes).body).toBeInstanceOf(ReadableStream);
    expect(make().body).toBeNull();
    expect(make(bytes).signal.aborted).toBe(false);
    const form = 'a=1&b=2';
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const parsed = await make(new TextEncoder().encode(form), 'POST', type).formData();
    expect([...parsed]).toEqual([...new URLSearchParams(form)]);
  });

  it('knows that a body is gone once it has been read as something else', async () => {
    const request = make(new TextEncoder().encode('once'));
    expect(await request.text()).toBe('once');
    await expect(request.arrayBuffer()).rejects.toThrow(TypeError);
  });

  it('refuses the methods that a Request refuses', () => {
    for (const method of ['a b', '']) expect(() => make(undefined, method)).toThrow(TypeError);
  });

  it('is a request for Hono', async () => {
    const app = new Hono().post('/a%3Fb', async ({ req }) => new Response(`${req.query('x')} ${await req.text()}`));
    expect(await (await app.fetch(make(new TextEncoder().encode('body')))).text()).toBe('1 body');
  });
});
