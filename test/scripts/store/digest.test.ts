import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, digestOf, sha256 } from '../../../functions/shared/models/digest.ts';

describe('digests', () => {
  it('are sha256', () => {
    // FIPS 180-2, appendix B.1
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('do not depend on the order of keys, at any depth', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, shuffled(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(shuffled(value))).toBe(canonical(value));
      }),
    );
  });

  it('keep every value: what is read back from the text is what went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(digestOf({ metrics: [1, 2] })).not.toBe(digestOf({ metrics: [2, 1] }));
  });

  it('leave name and version out, and nothing else', () => {
    const digest = digestOf({ name: 'a', version: '1', task: 'x' });
    expect(digestOf({ name: 'b', version: '2', task: 'x' })).toBe(digest);
    expect(digestOf({ name: 'a', version: '1', task: 'y' })).not.toBe(digest);
    expect(digestOf({ name: 'a', version: '1', task: 'x', provenance: { name: 'c' } })).not.toBe(
      digestOf({ name: 'a', version: '1', task: 'x', provenance: { name: 'd' } }),
    );
  });
});
