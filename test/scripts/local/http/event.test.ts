import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HttpRequest, toEvent } from '../../../../scripts/local/http/event.ts';

interface Event {
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: { http: { method: string; path: string; sourceIp: string; userAgent: string }; time: string };
  body?: string;
  isBase64Encoded: boolean;
}

const REQUEST: HttpRequest = { method: 'POST', url: '/', headers: {}, body: Buffer.alloc(0), sourceIp: '127.0.0.1' };

const event = (request: Partial<HttpRequest>): Event => toEvent({ ...REQUEST, ...request }) as Event;

describe('toEvent', () => {
  it('delivers any binary body byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), (bytes) => {
        const { body = '', isBase64Encoded } = event({
          body: Buffer.from(bytes),
          headers: { 'content-type': 'image/png' },
        });
        expect(isBase64Encoded).toBe(true);
        expect(Buffer.compare(Buffer.from(body, 'base64'), bytes)).toBe(0);
      }),
    );
  });

  it('delivers any text as text, quotes and controls included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const body = Buffer.from(text);
        const result = event({ body, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
        expect(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8')).toEqual(body);
        expect(result.isBase64Encoded).toBe(false);
      }),
    );
  });

  it.each([
    ['compressed JSON', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'x'],
    ['text that is no UTF-8', { 'content-type': 'text/plain' }, Buffer.from([0xff, 0xfe])],
    ['a form with files', { 'content-type': 'multipart/form-data; boundary=x' }, 'x'],
    ['a body without a type', {}, 'x'],
  ])('sends %s as base64', (_, headers, body) => {
    expect(event({ headers, body: Buffer.from(body as string) }).isBase64Encoded).toBe(true);
  });

  it('takes path, query and cookies apart, and leaves out what belongs to the connection', () => {
    const result = event({
      method: 'GET',
      url: '/a%20b/c?x=1&x=2&y=%C3%A4&z',
      headers: {
        host: 'localhost:3000',
        cookie: 'a=1; b=2',
        connection: 'keep-alive, x-private',
        'x-private': 'secret',
        'transfer-encoding': 'chunked',
        te: 'trailers',
        'x-forwarded-for': '10.0.0.1',
        accept: 'text/html',
      },
    });
    expect(result).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b/c',
      rawQueryString: 'x=1&x=2&y=%C3%A4&z',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'ä', z: '' },
      isBase64Encoded: false,
    });
    expect(result.headers).toEqual({
      host: 'localhost:3000',
      accept: 'text/html',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(result.requestContext.http).toMatchObject({ method: 'GET', path: '/a%20b/c', sourceIp: '127.0.0.1' });
    expect(result.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(result).not.toHaveProperty('body');
  });

  it.each([
    ['http://elsewhere.example/classify?top_k=1', '/classify', 'top_k=1'],
    ['HTTPS://elsewhere.example', '/', ''],
    ['http://elsewhere.example?a', '/', 'a'],
    ['//elsewhere.example/a?b?c', '//elsewhere.example/a', 'b?c'],
    ['*', '*', ''],
  ])('reads the target %s', (url, rawPath, rawQueryString) => {
    const body = Buffer.alloc(0);
    expect(toEvent({ method: 'GET', url, headers: {}, body, sourceIp: '::1' })).toMatchObject({
      rawPath,
      rawQueryString,
    });
  });
});
