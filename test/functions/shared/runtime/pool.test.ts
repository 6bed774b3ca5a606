import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../../functions/shared/runtime/pool.ts';

describe('inParallel', () => {
  it('answers in order and never has more at once than it may', async () => {
    let now = 0;
    let most = 0;
    const results = await inParallel([30, 10, 20, 0, 5], 2, async (ms) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, ms));
      now--;
      return ms * 2;
    });
    expect(results).toEqual([60, 20, 40, 0, 10]);
    expect(most).toBe(2);
    expect(await inParallel([], 3, async () => 1)).toEqual([]);
  });

  it('starts nothing more after a failure, and tells of it', async () => {
    const started: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      started.push(item);
      await wait(item * 2);
      if (item === 1) throw new Error('broken');
    });
    await expect(work).rejects.toThrow('broken');
    await wait(20);
    expect(started.length).toBeLessThan(4);
  });

  it('rejects with the first error', async () => {
    await expect(inParallel([1, 2], 1, (n) => Promise.reject(new Error(`no ${n}`)))).rejects.toThrow('no 1');
  });
});
