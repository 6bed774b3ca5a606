import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../../scripts/local/http/body.ts';

const message = (headers: Record<string, string> = {}) =>
  Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;

describe('readBody', () => {
  it('is the whole, wherever the chunks are cut', async () => {
    const chunked = fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunked, async (chunks) => {
        const from = message();
        const read = readBody(from, 1000);
        for (const chunk of chunks) from.write(chunk);
        from.end();
        expect(await read).toEqual(Buffer.concat(chunks));
      }),
    );
  });

  it('stops at the limit, declared or found', async () => {
    expect(await readBody(message({ 'content-length': '11' }), 10)).toBeUndefined();
    const from = message();
    const read = readBody(from, 10);
    for (let i = 0; i < 3; i++) from.write(Buffer.alloc(5));
    expect(await read).toBeUndefined();
    const fits = message();
    const whole = readBody(fits, 10);
    fits.end(Buffer.alloc(10));
    expect((await whole)?.length).toBe(10);
  });

  it('reads on behind the limit, so that the sender sees the answer', async () => {
    const from = message();
    const read = readBody(from, 10);
    from.write(Buffer.alloc(11));
    expect(await read).toBeUndefined();
    const ended = new Promise((resolve) => from.once('end', resolve));
    from.end(Buffer.alloc(100_000));
    await ended;
  });

  it('fails when the sender goes away', async () => {
    const from = message();
    const read = readBody(from, 10);
    from.write(Buffer.alloc(5));
    from.destroy();
    await expect(read).rejects.toThrow();
  });
});
