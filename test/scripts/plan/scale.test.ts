import { describe, expect, it } from 'vitest';
import { parseFigures } from '../../../scripts/plan/figures.ts';
import { parallelShare, serviceAt, workOf } from '../../../scripts/plan/scale.ts';

const measured = (...sizes: [vcpus: number, ms: unknown][]) =>
  parseFigures(
    {
      format: 'freezeframe-measured-1',
      figures: sizes.map(([vcpus, ms]) => ({ vcpus, initMs: ms, coldFirstMs: ms, warmMs: ms })),
    },
    'F',
  ).figures;

describe('times of other memory sizes', () => {
  // 10 ms of one thread and 30 ms that threads share.
  const both = measured([1, 40], [2, 25]);
  const warm = (memoryMb: number, figures = both, slowdown?: number) =>
    serviceAt(figures, memoryMb, slowdown).warm(0.5);

  it('are never of less than no work: steeper or flatter than threads allow is all of one kind', () => {
    const [one, two] = [{ memoryMb: 1769, ms: 40 }, { memoryMb: 3538 }];
    expect(workOf([one, { ...two, ms: 19 }])).toMatchObject({ alone: 0 });
    expect(workOf([one, { ...two, ms: 41 }])).toMatchObject({ shared: 0 });
  });

  it('are those of the work, as threads and processor time allow', () => {
    expect(
      workOf([
        { memoryMb: 1769, ms: 40 },
        { memoryMb: 3538, ms: 25 },
      ]),
    ).toEqual({
      alone: expect.closeTo(10),
      shared: expect.closeTo(30),
    });
    expect(parallelShare(both)).toBeCloseTo(0.75);
    expect(warm(1769)).toBeCloseTo(40);
    expect(warm(3538)).toBeCloseTo(25);
    expect(warm(884.5)).toBeCloseTo(80);
    expect(warm(4 * 1769)).toBeCloseTo(17.5);
    // 1.4 vCPUs: the engine takes one thread. 1.6: two, which share 1.6.
    expect(warm(1.4 * 1769)).toBeCloseTo(40);
    expect(warm(1.6 * 1769)).toBeCloseTo(10 + 30 / 1.6);
  });

  it('gain nothing from a second vCPU where none was measured', () => {
    const one = measured([1, 40]);
    expect([warm(10_240, one), warm(1769, one), warm(1769 / 4, one)]).toEqual([40, 40, 160]);
    expect(parallelShare(measured([0.25, 160], [0.5, 80]))).toBe(0);
    expect(warm(3538, measured([0.25, 160], [0.5, 80]))).toBeCloseTo(40);
  });

  it('are never those of less than no work', () => {
    // Slower with two, and more than twice as fast.
    expect(warm(10_240, measured([1, 20], [2, 30]))).toBeGreaterThan(20);
    expect(
      workOf([
        { memoryMb: 1769, ms: 40 },
        { memoryMb: 3538, ms: 15 },
      ]).alone,
    ).toBe(0);
    expect(warm(512, measured([1, 0]))).toBe(0);
  });

  it('keep the shape of the nearest size, and are longer on a slower processor', () => {
    const figures = measured([1, [40, 40, 40, 40, 80]], [2, [25, 25, 25, 25, 25]]);
    const { warm: times } = serviceAt(figures, 884.5);
    expect([times(0), times(1)]).toEqual([80, 160]);
    expect(warm(1769, both, 1.5)).toBeCloseTo(60);
  });
});
