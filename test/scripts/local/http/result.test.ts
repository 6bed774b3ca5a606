import { describe, expect, it } from 'vitest';
import { toAnswer } from '../../../../scripts/local/http/result.ts';

const answer = (result: unknown) => toAnswer(Buffer.from(JSON.stringify(result)));

describe('toAnswer', () => {
  it('decodes base64, keeps cookies apart and drops what belongs to the connection', () => {
    const result = answer({
      statusCode: 201,
      headers: { 'Content-Type': 'image/png', Connection: 'close', 'Content-Length': 99, 'X-N': 1 },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from([0, 255, 10]).toString('base64'),
      isBase64Encoded: true,
    });
    expect(result).toEqual({
      status: 201,
      headers: { 'content-type': 'image/png', 'x-n': '1', 'set-cookie': ['a=1', 'b=2'] },
      body: Buffer.from([0, 255, 10]),
    });
  });

  it.each([
    ['a string', 'hello', 'hello'],
    ['an object without a status', { a: 1 }, '{"a":1}'],
    ['nothing', null, 'null'],
  ])('answers %s with 200 and JSON', (_, result, body) => {
    const { status, headers, body: sent } = answer(result) ?? {};
    expect([status, headers?.['content-type'], sent?.toString()]).toEqual([200, 'application/json', body]);
  });

  it.each([
    ['a status that is none', { statusCode: 'abc' }],
    ['a status out of range', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
  ])('refuses %s', (_, result) => {
    expect(answer(result)).toBeUndefined();
  });

  it('refuses what is not JSON', () => {
    expect(toAnswer(Buffer.from('<html>'))).toBeUndefined();
  });
});
