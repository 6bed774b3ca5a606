import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../../functions/shared/base64.ts';

describe('decodeBase64', () => {
  it('gives back every bytes, padded or not, either alphabet, wrapped, as a data: URL', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        const url = Buffer.from(bytes).toString('base64url');
        const wrapped = text.replaceAll(/(.{76})/g, '$1\r\n');
        for (const one of [text, url, wrapped, `data:image/png;base64,${text}`, `data:;base64,${url}`]) {
          expect([...(decodeBase64(one) ?? ['nothing'])]).toEqual([...bytes]);
        }
      }),
    );
  });

  it.each(['!', 'a', 'abcde', 'ab=c', '=', 'ab===', 'data:image/png,abcd', 'data:abcd', 'abc.', 'ab\0c', 'grüße'])(
    'refuses %j',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined();
    },
  );

  it('refuses megabytes of junk as fast as it reads', () => {
    const started = performance.now();
    expect(decodeBase64(`${'A'.repeat(6_000_000)}!`)).toBeUndefined();
    expect(decodeBase64('='.repeat(6_000_000))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
