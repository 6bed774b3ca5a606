import { describe, expect, it } from 'vitest';
import { TimeLeft } from '../../../../functions/shared/runtime/time-left.ts';

describe('TimeLeft', () => {
  const at = (...times: number[]) => {
    let last = times[0] as number;
    return new TimeLeft({
      getRemainingTimeInMillis: () => {
        last = times.shift() ?? last;
        return last;
      },
    });
  };

  it('says no when the end is near', () => {
    const time = at(60_000, 59_000, 5_001, 4_999);
    expect([time.suffices(), time.suffices(), time.suffices()]).toEqual([true, true, false]);
  });

  it('leaves the first half of a short invocation for work', () => {
    const time = at(2_000, 1_999, 1_001, 999);
    expect([time.suffices(), time.suffices(), time.suffices()]).toEqual([true, true, false]);
  });

  it('learns how long a piece of work takes', async () => {
    const time = at(1_000, 499, 499);
    await time.spend(() => new Promise((resolve) => setTimeout(resolve, 30)));
    expect(time.suffices()).toBe(false);
    const long = at(100_000, 4_999);
    expect(long.suffices()).toBe(false);
  });

  it('always suffices where nobody counts', () => {
    expect(new TimeLeft().suffices()).toBe(true);
  });
});
