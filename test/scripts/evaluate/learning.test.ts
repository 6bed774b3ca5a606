import { describe, expect, it } from 'vitest';
import { learningSentence } from '../../../scripts/evaluate/learning.ts';

const point = (count: number, accuracy: number, reach: number) => ({
  count,
  accuracy,
  accuracyLow: accuracy - reach,
  accuracyHigh: Math.min(1, accuracy + reach),
});

describe('whether more pictures would help', () => {
  it.each([
    [
      'it still rises',
      [point(10, 0.8, 0.02), point(20, 0.9, 0.02)],
      'would help: twice as many would give about 10.0 points',
    ],
    ['it may be chance', [point(10, 0.88, 0.05), point(20, 0.9, 0.05)], 'within what chance explains'],
    ['it is flat', [point(10, 0.9, 0.01), point(20, 0.902, 0.01)], 'would hardly help'],
    ['it falls', [point(10, 0.92, 0.01), point(20, 0.9, 0.01)], 'would hardly help'],
    ['little is left to gain', [point(10, 0.9, 0.01), point(20, 0.98, 0.01)], 'about 2.0 points more'],
    ['sizes come in any order', [point(20, 0.9, 0.02), point(10, 0.8, 0.02)], 'from 10 to 20 pictures'],
  ])('%s', (_, curve, words) => {
    expect(learningSentence(curve)).toContain(words);
  });

  it('is not known from one size', () => {
    expect(learningSentence([point(10, 0.9, 0.01)])).toBeUndefined();
    expect(learningSentence([])).toBeUndefined();
  });
});
