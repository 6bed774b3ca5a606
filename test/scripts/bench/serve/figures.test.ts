import { describe, expect, it } from 'vitest';
import { dollarsPerMillion } from '../../../../scripts/bench/serve/cost.ts';
import { coldFigures, warmFigures } from '../../../../scripts/bench/serve/figures.ts';
import { FLOOR } from '../../../../scripts/bench/subjects/index.ts';

describe('warm figures', () => {
  // The machine is ten times slower in the second round: both subjects see that.
  const floor = { wall: [[10, 10], [100, 100], [10]], cpu: [8, 8, 8], label: 'cat' };
  const own = { wall: [[12, 12], [120, 120], [12]], cpu: [10, 10, 10], label: 'cat' };
  const all = new Map([
    ['own', own],
    [FLOOR, floor],
  ]);

  it('compares round by round', () => {
    expect(warmFigures(all, 'own')).toMatchObject({ medianMs: 12, ratio: 1.2, cpuRatio: 1.25, answers: 5 });
    expect(warmFigures(all, FLOOR)).toMatchObject({ ratio: 1, cpuRatio: 1 });
  });

  it('says whether the label is the floor’s', () => {
    expect(warmFigures(all, 'own').sameLabel).toBe(true);
    expect(warmFigures(new Map(all).set('own', { ...own, label: 'dog' }), 'own').sameLabel).toBe(false);
  });

  it('has no processor time where the system tells none', () => {
    const figures = warmFigures(new Map([['own', { ...own, cpu: [] }]]), 'own');
    expect(figures).not.toHaveProperty('cpuMs');
    expect(figures).not.toHaveProperty('ratio');
  });

  it('bills what takes longer: the answer, or the time of the processor that one vCPU has', () => {
    const busy = new Map(all).set('own', { ...own, cpu: [50, 50, 50] });
    expect(warmFigures(busy, 'own').dollarsPerMillion).toBeCloseTo(dollarsPerMillion(50), 2);
  });
});

it('compares starts', () => {
  const all = new Map([
    ['own', { ready: [300, 500, 400], first: [600], cpu: [30, 30, 30] }],
    [FLOOR, { ready: [200, 200, 200], first: [300], cpu: [20, 20, 20] }],
  ]);
  expect(coldFigures(all, 'own')).toEqual({
    ...{ readyMs: 400, readyCpuMs: 30, firstMs: 600 },
    ...{ readyRatio: 2, readyCpuRatio: 1.5, firstRatio: 2 },
  });
});

it('knows what a million answers cost', () => {
  // 0.2 for the requests, 10 ms of 1,769 MB.
  expect(dollarsPerMillion(9.1)).toBeCloseTo(0.2 + 1e4 * (1769 / 1024) * 0.0000166667, 6);
});
