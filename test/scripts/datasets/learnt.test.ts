import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { learntAmong, learntOf, readLearnt } from '../../../scripts/datasets/index.ts';

const digests = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    createHash('sha256')
      .update(String(from + i))
      .digest('hex'),
  );

describe('pictures that were learnt', () => {
  it('are counted among others, one by one', () => {
    const learnt = learntOf([...digests(0, 100), ...digests(0, 50)]);
    expect(learnt.count).toBe(100);
    expect(learntAmong(learnt, digests(90, 130))).toEqual({ count: 10, estimated: false });
    expect(learntAmong(learnt, digests(100, 130))).toEqual({ count: 0, estimated: false });
    expect(learntAmong(learnt, [])).toEqual({ count: 0, estimated: false });
  });

  it('are kept whatever their order', () => {
    expect(learntOf(digests(0, 9).reverse())).toEqual(learntOf(digests(0, 9)));
  });

  it('are a sample where there are many, in 16 KB', () => {
    const learnt = learntOf(digests(0, 20_000));
    expect(learnt.count).toBe(20_000);
    expect(learnt.sha256.length).toBe(16_384);
    expect(learntAmong(learnt, digests(0, 20_000))).toEqual({ count: 20_000, estimated: true });
    expect(learntAmong(learnt, digests(20_000, 30_000))).toEqual({ count: 0, estimated: true });
    const { count } = learntAmong(learnt, digests(15_000, 25_000));
    // A sample of about 1,000: 5,000 with a deviation of 160.
    expect(Math.abs(count - 5000)).toBeLessThan(650);
  });

  it('are read as far as a manifest holds them', () => {
    const learnt = learntOf(digests(0, 3));
    expect(readLearnt({ ...learnt })).toEqual(learnt);
    for (const other of [undefined, null, 'x', { count: 3 }]) expect(readLearnt(other)).toBeUndefined();
  });
});
