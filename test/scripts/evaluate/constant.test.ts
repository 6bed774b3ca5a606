import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareClasses, compareNumbers, isAhead } from '../../../scripts/evaluate/constant.ts';
import { stream } from '../../../scripts/system/random.ts';

describe('compareClasses', () => {
  const labels = ['cat', 'dog'];
  it.each([
    ['better', 'all right of 12', [6, 6], 12],
    ['not-better', 'one answer to everything', [6, 6], 6],
    ['not-better', 'a little more than that, of 200', [100, 100], 108],
    ['better', 'clearly more than that, of 200', [100, 100], 116],
    ['unclear', 'all right of three', [2, 1], 3],
    ['not-better', 'one answer to three', [2, 1], 2],
    ['not-better', 'all wrong of twelve, nearly all of one class', [11, 1], 0],
    ['unclear', 'one class only', [9, 0], 7],
    ['unclear', 'nearly one class only, all right', [99, 1], 100],
    ['not-better', 'nearly one class only, always answered', [99, 1], 99],
    ['not-better', 'nearly one class only, often wrong', [99, 1], 80],
  ])('%s: %s', (verdict, _, supports, right) => {
    const most = Math.max(...supports);
    expect(compareClasses(labels, supports, right)).toEqual({
      answer: labels[supports.indexOf(most)],
      accuracy: most / supports.reduce((sum, support) => sum + support),
      verdict,
    });
  });

  it('never calls always answering one class better', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { minLength: 2, maxLength: 5 }), (supports) => {
        fc.pre(supports.some((support) => support > 0));
        const names = supports.map((_, i) => String(i));
        for (const support of supports) expect(compareClasses(names, supports, support).verdict).not.toBe('better');
      }),
    );
  });
});

describe('compareNumbers', () => {
  const random = stream(1, 'numbers');
  const numbers = (count: number) => Array.from({ length: count }, () => random.between(0, 1_000));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('has the median and the errors of it and of the mean', () => {
    expect(compareNumbers([1, 2, 9], [0, 0, 0])).toMatchObject({
      answer: 2,
      meanAbsoluteError: 8 / 3,
      rootMeanSquaredError: Math.sqrt((9 + 4 + 25) / 3),
      verdict: 'unclear',
    });
    expect(compareNumbers([1, 2, 4, 9], [0, 0, 0, 0]).answer).toBe(3);
  });

  it.each([5, 12, 200])('sees in %i rows what has learnt and what has not', (count) => {
    const actual = numbers(count);
    const verdict = (answer: (value: number) => number) => {
      const errors = actual.map((value) => answer(value) - value);
      const constant = compareNumbers(actual, errors);
      const meanAbsoluteError = mean(errors.map(Math.abs));
      const rootMeanSquaredError = Math.sqrt(mean(errors.map((error) => error ** 2)));
      return [constant.verdict, isAhead(constant, { meanAbsoluteError, rootMeanSquaredError })];
    };
    const nothing = ['not-better', false];
    expect(verdict((value) => value * 1.01)).toEqual(['better', true]);
    expect(verdict(() => mean(actual))).toEqual(nothing);
    expect(verdict(() => Math.fround(mean(actual) + 0.001))).toEqual(nothing);
    expect(verdict(() => 9_595)).toEqual(['not-better', false]);
    expect(verdict(() => Number.NaN)).toEqual(['not-better', false]);
  });

  it('takes a model for better that is so by the squares alone', () => {
    // Mostly nothing, now and then much: the median is 0, and a mean of each row errs more often by a little.
    const actual = Array.from({ length: 100 }, (_, i) => (i % 5 === 0 ? 100 : 0));
    const errors = actual.map((value) => (value === 0 ? 25 : -75));
    expect(compareNumbers(actual, errors)).toMatchObject({ answer: 0, meanAbsoluteError: 20 });
    const close = actual.map((value) => (value === 0 ? 24 : -10));
    expect(compareNumbers(actual, close).verdict).toBe('better');
  });
});
