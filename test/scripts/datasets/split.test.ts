import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dealOut } from '../../../scripts/datasets/split.ts';

const keysOf = (count: number) =>
  Array.from({ length: count }, (_, index) => createHash('sha256').update(`content ${index}`).digest('hex'));

describe('dealOut', () => {
  it('gives every content exactly one split, and every split a content from three on', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[0-9a-f]{8}$/), { minLength: 1 }), fc.nat(9), (keys, seed) => {
        const splits = dealOut([...keys, ...keys], seed);
        expect([...splits.keys()].sort()).toEqual([...new Set(keys)].sort());
        const used = new Set(splits.values());
        if (splits.size >= 3) expect(used.size).toBe(3);
      }),
    );
  });

  it('deals about eight, one and one of ten', () => {
    const counts = { train: 0, validation: 0, test: 0 };
    for (const split of dealOut(keysOf(5_000), 1).values()) counts[split]++;
    expect(Math.abs(counts.test - 500)).toBeLessThan(80);
    expect(Math.abs(counts.validation - 500)).toBeLessThan(80);
  });

  it('does not move what was there when others are added', () => {
    const [some, more] = [keysOf(400), keysOf(800)];
    const before = dealOut(some, 3);
    const after = dealOut(more.toReversed(), 3);
    for (const key of some) expect(after.get(key)).toBe(before.get(key));
  });

  it('deals otherwise for another seed', () => {
    const keys = keysOf(200);
    const moved = keys.filter((key) => dealOut(keys, 1).get(key) !== dealOut(keys, 2).get(key));
    expect(moved.length).toBeGreaterThan(20);
  });

  it('fills only the splits that are missing', () => {
    expect(new Set(dealOut(keysOf(100), 1, ['train', 'validation']).values())).toEqual(
      new Set(['train', 'validation']),
    );
    expect(new Set(dealOut(keysOf(100), 1, ['train']).values())).toEqual(new Set(['train']));
  });
});
