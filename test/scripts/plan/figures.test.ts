import { describe, expect, it } from 'vitest';
import { parseFigures } from '../../../scripts/plan/figures.ts';

const figure = { memoryMb: 1769, initMs: 900, coldFirstMs: 60, warmMs: [40, 50, 41] };
const file = (...figures: unknown[]) => ({ format: 'freezeframe-measured-1', figures });

describe('measured figures', () => {
  it('are a number, samples in any order, or quantiles', () => {
    const quantiles = { p50: 40, p5: 30, 'p99.9': 90 };
    const { figures, of } = parseFigures(
      file({ ...figure, warmMs: quantiles, vcpus: 2, memoryMb: undefined }, figure),
      'F',
    );
    expect(of).toBe('F');
    expect(figures.map(({ memoryMb }) => memoryMb)).toEqual([1769, 3538]);
    const [samples, other] = figures;
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => samples?.warm(share))).toEqual([40, 40.5, 41, 45.5, 50]);
    expect([0, 0.05, 0.275, 0.5, 1].map((share) => other?.warm(share))).toEqual([30, 30, 35, 40, 90]);
    expect([0, 1].map((share) => samples?.init(share))).toEqual([900, 900]);
  });

  it.each([
    ['no object', [], 'an object for F'],
    ['another format', { format: 'x', figures: [figure] }, '"freezeframe-measured-1" for format of F but received "x"'],
    ['no figures', file(), 'a list of figures for figures of F but received []'],
    ['a misspelt name', file({ ...figure, warmms: 1 }), 'but received "warmms"'],
    ['a misspelt name above', { ...file(figure), off: '' }, 'but received "off"'],
    ['neither memory nor vCPUs', file({ ...figure, memoryMb: undefined }), 'either memoryMb or vcpus'],
    ['both', file({ ...figure, vcpus: 1 }), 'either memoryMb or vcpus'],
    ['no memory', file({ ...figure, memoryMb: 0 }), 'a number above 0 for memoryMb of figures[0] but received 0'],
    ['text', file({ ...figure, warmMs: '41' }), 'quantiles such as {"p50": 41, "p95": 48} for warmMs of figures[0]'],
    [
      'a time below zero',
      file({ ...figure, initMs: [1, -1] }),
      'milliseconds for initMs of figures[0][1] but received -1',
    ],
    ['no number', file({ ...figure, initMs: Number.NaN }), 'initMs of figures[0]'],
    ['nothing measured', file({ ...figure, warmMs: [] }), 'at least one sample for warmMs of figures[0]'],
    ['no quantiles', file({ ...figure, warmMs: {} }), 'at least one quantile for warmMs of figures[0]'],
    ['a quantile of more than all', file({ ...figure, warmMs: { p101: 1 } }), 'quantiles named p0 to p100'],
    ['quantiles that fall', file({ ...figure, warmMs: { p50: 2, p95: 1 } }), 'quantiles that do not fall'],
    ['a size twice', file(figure, { ...figure, memoryMb: undefined, vcpus: 1 }), 'two figures for 1769 MB in F'],
  ])('are refused: %s', (_, content, message) => {
    expect(() => parseFigures(content, 'F')).toThrow(expect.objectContaining({ code: 'figures-invalid' }));
    expect(() => parseFigures(content, 'F')).toThrow(message);
  });
});
