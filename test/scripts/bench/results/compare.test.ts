import { describe, expect, it } from 'vitest';
import { comparable, isWorse } from '../../../../scripts/bench/results/compare.ts';

const run = (ratio: number, ms = 10) => ({ figures: { own: { warm: { jpeg: { ratio, medianMs: ms } } } } });

const regressions = (before: unknown, now: unknown) => comparable(before, now).filter(isWorse);

describe('regressions', () => {
  it('names a ratio that has grown by more than a tenth, with both values', () => {
    expect(regressions(run(1), run(1.2))).toEqual([
      { figure: 'figures / own / warm / jpeg / ratio', before: 1, now: 1.2 },
    ]);
  });

  it('is quiet about what has shrunk, has hardly grown, or is no ratio', () => {
    expect(regressions(run(1), run(0.5))).toEqual([]);
    expect(regressions(run(1), run(1.09))).toEqual([]);
    expect(regressions(run(1), run(Number.NaN))).toHaveLength(1);
    expect(regressions(run(1, 10), run(1, 100))).toEqual([]);
  });

  it('has nothing to say of figures that only one side has', () => {
    expect(regressions(undefined, run(9))).toEqual([]);
    expect(regressions(run(1), { figures: {} })).toEqual([]);
  });
});
