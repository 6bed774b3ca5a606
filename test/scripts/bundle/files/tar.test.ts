import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../../../scripts/bundle/files/tar.ts';

/** One entry as `tar` writes it; the checksum is left out because nothing here reads it. */
function entry(name: string, body: Uint8Array, kind = '0', prefix = ''): Uint8Array {
  const block = Buffer.alloc(512 + Math.ceil(body.length / 512) * 512);
  block.write(name, 0, 'latin1');
  block.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write(kind, 156, 'latin1');
  block.write(prefix, 345, 'latin1');
  block.set(body, 512);
  return block;
}

const END = new Uint8Array(1024);
const text = (value: string) => new TextEncoder().encode(value);

describe('readTar', () => {
  it('gives files without the leading folder, long names by prefix and by extended header included', () => {
    const files = readTar(
      Buffer.concat([
        entry('package/', new Uint8Array(), '5'),
        entry('package/a.js', text('one')),
        entry('lib/b.js', text('two'), '0', 'package/deep'),
        entry('PaxHeader', text('27 path=package/long/c.js\n'), 'x'),
        entry('package/cut', text('three')),
        END,
      ]),
    );
    expect([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ['a.js', 'one'],
      ['deep/lib/b.js', 'two'],
      ['long/c.js', 'three'],
    ]);
  });

  it.each([
    ['a path that climbs', entry('package/../../x', text('x'))],
    ['a link', entry('package/x', text(''), '2')],
    ['a size beyond the end', entry('package/x', text('x')).subarray(0, 512)],
  ])('refuses %s', (_, archive) => {
    expect(() => readTar(Buffer.concat([archive, new Uint8Array(archive.length === 512 ? 0 : 1024)]))).toThrowError(
      expect.objectContaining({ code: 'broken-archive' }),
    );
  });

  it('lets nothing but its own error escape', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 2048 }), (bytes) => {
        try {
          readTar(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'broken-archive' });
        }
      }),
    );
  });
});
