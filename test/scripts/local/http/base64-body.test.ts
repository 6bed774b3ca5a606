import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBase64 } from '../../../../scripts/local/http/base64-body.ts';

const message = (headers: Record<string, string> = {}) =>
  Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;

describe('readBase64', () => {
  it('is the base64 of the whole, wherever the chunks are cut, with room for none, some or all of it', async () => {
    const chunked = fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunked, fc.option(fc.integer({ min: 0, max: 200 })), async (chunks, size) => {
        const from = message();
        const read = readBase64(from, 1000, size === null ? undefined : Buffer.alloc(size));
        for (const chunk of chunks) from.write(chunk);
        from.end();
        const body = await read;
        const whole = Buffer.concat(chunks);
        expect(Buffer.concat(body?.pieces ?? []).toString()).toBe(whole.toString('base64'));
        expect(body?.length).toBe(whole.length);
      }),
    );
  });

  it('stops at the limit, declared or found', async () => {
    expect(await readBase64(message({ 'content-length': '11' }), 10)).toBeUndefined();
    const from = message();
    const read = readBase64(from, 10);
    for (let i = 0; i < 3; i++) from.write(Buffer.alloc(5));
    expect(await read).toBeUndefined();
    const fits = message();
    const whole = readBase64(fits, 10);
    fits.end(Buffer.alloc(10));
    expect((await whole)?.length).toBe(10);
  });

  it('fails when the sender goes away', async () => {
    const from = message();
    const read = readBase64(from, 10);
    from.write(Buffer.alloc(5));
    from.destroy();
    await expect(read).rejects.toThrow('went away');
  });
});
