import { describe, expect, it } from 'vitest';
import type { SizePlan } from '../../../scripts/plan/plan.ts';
import { recommend } from '../../../scripts/plan/recommend.ts';

/** What is looked at of a memory size. */
const size = (memoryMb: number, costPerMillion: number, p95: number, more: Partial<SizePlan> = {}) =>
  ({ memoryMb, costPerMillion, latencyMs: { p95 }, problems: [], extrapolated: false, ...more }) as unknown as SizePlan;

const SIZES = [size(512, 1, 200), size(1769, 1.02, 60), size(3538, 2, 50)];

describe('the memory size that is recommended', () => {
  it('is that of the smallest product of price and p95', () => {
    expect(recommend(SIZES).memoryMb).toBe(1769);
  });

  it('is the cheapest that meets a goal, to the millisecond, and of the same price the fastest', () => {
    expect(recommend(SIZES, 60).memoryMb).toBe(1769);
    expect(recommend(SIZES, 59).memoryMb).toBe(3538);
    expect(recommend(SIZES, 200).memoryMb).toBe(1769);
    expect(recommend(SIZES, 49)).toEqual({ why: expect.stringContaining('3538 MB, takes 50 ms') });
  });

  it('is none with a problem', () => {
    const bad = { problems: ['too little memory'] } as unknown as Partial<SizePlan>;
    expect(recommend([size(512, 1, 1, bad), size(1769, 9, 900)]).memoryMb).toBe(1769);
    expect(recommend([size(512, 1, 1, bad)])).toEqual({ why: expect.stringContaining('Every size has a problem') });
  });

  it('is one of more vCPUs than were measured only where no other meets the goal', () => {
    const guessed = size(5307, 1, 40, { extrapolated: true });
    expect(recommend([...SIZES, guessed]).memoryMb).toBe(1769);
    expect(recommend([size(1769, 1.02, 60), guessed], 60).memoryMb).toBe(1769);
    expect(recommend([...SIZES, guessed], 45).memoryMb).toBe(5307);
  });
});
