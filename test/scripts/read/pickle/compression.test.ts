import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionOf, decompress, peek } from '../../../../scripts/read/pickle/compression.ts';
import { assemble, fixture } from './assemble.ts';

const plain = fixture('standard.pkl');
/** joblib before 0.10, as Python 3 and as Python 2 wrote it. */
const zfile = (gap: string) => assemble('ZF', `0x${plain.length.toString(16)}`.padEnd(19), gap, deflateSync(plain));

describe('what joblib packs', () => {
  it.each([
    ['zlib', deflateSync(plain)],
    ['zlib', deflateSync(plain, { level: 1 })],
    ['gzip', gzipSync(plain)],
    ['zfile', zfile('')],
    ['zfile', zfile(' ')],
  ])('is unpacked: %s', (name, packed) => {
    expect(compressionOf(packed)).toBe(name);
    expect(new Uint8Array(decompress(packed))).toEqual(plain);
  });

  it('is looked into from its first bytes alone', () => {
    const long = assemble(
      plain,
      Buffer.alloc(100_000).map((_, i) => (i * i * 31) % 251),
    );
    for (const packed of [deflateSync(long), gzipSync(long)]) {
      expect(new Uint8Array(peek(packed.subarray(0, 4096)).subarray(0, 20))).toEqual(plain.subarray(0, 20));
    }
    expect(peek(plain)).toBe(plain);
    expect(peek(assemble('x\x9cdamaged'))).toHaveLength(0);
  });

  it('is left as it is where it is not packed', () => {
    expect(compressionOf(plain)).toBeUndefined();
    expect(decompress(plain)).toBe(plain);
  });
});

describe('refusals', () => {
  const error = (bytes: Uint8Array) => {
    try {
      decompress(bytes);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };

  it('does not unpack a bomb', () => {
    const bomb = deflateSync(Buffer.alloc(40 * 2 ** 20));
    expect(error(bomb)).toMatchObject({ name: 'ImportError', code: 'limit-exceeded' });
    // Little may be as regular as it likes.
    expect(error(deflateSync(Buffer.alloc(2 ** 20)))).toBeUndefined();
  });

  it('names damage, and what is packed in ways that are not read', () => {
    expect(error(deflateSync(plain).subarray(0, 40))).toMatchObject({ code: 'file-damaged' });
    for (const magic of ['BZh91AY', '\xfd7zXZ\0', ']\0\0', '\x04\x22\x4d\x18']) {
      expect(error(assemble(magic, 'rest'))).toMatchObject({ code: 'format-unknown' });
    }
  });
});
