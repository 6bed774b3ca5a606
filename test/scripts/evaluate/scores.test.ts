import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../scripts/datasets/index.ts';
import { accuracyOf } from '../../../scripts/evaluate/interval.ts';
import { score, scoreAnswers } from '../../../scripts/evaluate/scores.ts';

describe('score', () => {
  it('is what one counts by hand', () => {
    const pairs: [string, string][] = [
      ['cat', 'cat'],
      ['cat', 'cat'],
      ['cat', 'dog'],
      ['dog', 'dog'],
    ];
    const { count, accuracy, macroF1, classes, confusion } = score(['cat', 'dog', 'owl'], pairs);
    expect([count, accuracy]).toEqual([4, 0.75]);
    expect(confusion).toEqual([
      [2, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(classes).toEqual([
      { label: 'cat', support: 3, precision: 1, recall: 2 / 3, f1: 0.8 },
      { label: 'dog', support: 1, precision: 0.5, recall: 1, f1: 2 / 3 },
      { label: 'owl', support: 0, precision: null, recall: null, f1: null },
    ]);
    expect(macroF1).toBeCloseTo((0.8 + 2 / 3) / 2, 12);
  });

  it('has no figures where there is nothing to count, and refuses other labels', () => {
    expect(score(['a', 'b'], [])).toMatchObject({ count: 0, accuracy: null, macroF1: null });
    expect(() => score(['a', 'b'], [['a', 'c']])).toThrow(RangeError);
  });

  it('counts every pair once, keeps shares within 0..1, and F1 between precision and recall', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (pairs) => {
        const { count, accuracy, classes, confusion } = score(['a', 'b', 'c'], pairs);
        expect(confusion.flat().reduce((x, y) => x + y, 0)).toBe(pairs.length);
        expect(count).toBe(pairs.length);
        expect(accuracy).toBe(pairs.filter(([is, called]) => is === called).length / pairs.length);
        for (const { precision, recall, f1 } of classes) {
          if (precision === null || recall === null || f1 === null) continue;
          expect(f1).toBeGreaterThanOrEqual(Math.min(precision, recall) - 1e-12);
          expect(f1).toBeLessThanOrEqual(Math.max(precision, recall) + 1e-12);
        }
      }),
    );
  });
});

describe('scoreAnswers', () => {
  it('counts the first choices that are right', () => {
    const splits = { test: { count: 2, classes: Int32Array.of(1, 0) } };
    const dataset = { kind: 'pictures', labels: ['a', 'b'], splits } as unknown as Dataset;
    expect(scoreAnswers(Float32Array.of(0.2, 0.8, 0.3, 0.7), dataset)).toEqual({
      metrics: { ...accuracyOf(1, 2), count: 2 },
      constant: { answer: 'a', accuracy: 0.5, verdict: 'not-better' },
    });
  });

  it("says in the target's own unit how far off numbers are", () => {
    const splits = { test: { count: 2, target: Float32Array.of(0, 0.5) } };
    const dataset = { kind: 'table', splits, target: { name: 'price', min: 10, max: 30 } } as unknown as Dataset;
    expect(scoreAnswers(Float32Array.of(13, 16), dataset)).toEqual({
      metrics: { meanAbsoluteError: 3.5, rootMeanSquaredError: Math.sqrt(12.5), count: 2 },
      constant: { answer: 15, meanAbsoluteError: 5, rootMeanSquaredError: 5, verdict: 'unclear' },
    });
  });
});
