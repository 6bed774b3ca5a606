import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eachOf } from '../../../scripts/system/parallel.ts';

describe('eachOf', () => {
  it('does all, never more at once than allowed', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await eachOf([5, 1, 4, 2, 3], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await wait(item);
      done[index] = item;
      running--;
    });
    expect(done).toEqual([5, 1, 4, 2, 3]);
    expect(most).toBe(2);
  });

  it('starts nothing more after a failure, and tells of it', async () => {
    const started: number[] = [];
    const work = eachOf([1, 2, 3, 4, 5, 6], 2, async (item) => {
      started.push(item);
      await wait(item * 2);
      if (item === 1) throw new Error('broken');
    });
    await expect(work).rejects.toThrow('broken');
    await wait(20);
    expect(started.length).toBeLessThan(4);
  });

  it('has nothing to do for nothing', async () => {
    await eachOf([], 4, async () => {
      throw new Error('never');
    });
  });
});
