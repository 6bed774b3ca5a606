import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dealFolds } from '../../../../scripts/transfer/head/folds.ts';

const digest = (row: number) => row.toString(16).padStart(64, '0');

describe('dealFolds', () => {
  it('never splits a group, gives each fold its share of each class, and depends on no order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.integer({ min: 0, max: 3 }), copies: fc.integer({ min: 1, max: 3 }) }), {
          minLength: 12,
          maxLength: 60,
        }),
        fc.integer({ min: 2, max: 5 }),
        (sets, folds) => {
          const rows = sets.flatMap(({ label, copies }, group) =>
            Array.from({ length: copies }, () => ({ label, group })),
          );
          const digests = rows.map((_, row) => digest(row));
          const classes = Int32Array.from(rows, ({ label }) => label);
          const groups = Int32Array.from(rows, ({ group }) => group);
          const foldOf = dealFolds(digests, classes, groups, folds, 1);
          for (const [row, { group }] of rows.entries())
            expect(foldOf[row]).toBe(foldOf[rows.findIndex((other) => other.group === group)]);
          for (const label of new Set(classes)) {
            const counts = Array.from(
              { length: folds },
              (_, fold) => rows.filter((one, row) => one.label === label && foldOf[row] === fold).length,
            );
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('deals contents out alike whatever they are called', () => {
    const digests = Array.from({ length: 20 }, (_, row) => digest(row * 7));
    const classes = Int32Array.from(digests, (_, row) => row % 2);
    const groups = Int32Array.from(digests, (_, row) => row);
    const forward = dealFolds(digests, classes, groups, 5, 1);
    const order = [...digests.keys()].reverse();
    const backward = dealFolds(
      order.map((row) => digests[row] as string),
      Int32Array.from(order, (row) => classes[row] as number),
      groups,
      5,
      1,
    );
    expect(order.map((row) => forward[row])).toEqual([...backward]);
    expect(dealFolds(digests, classes, groups, 5, 2)).not.toEqual(forward);
  });
});
