import { describe, expect, it } from 'vitest';
import { borderedShape, borders, onAllAxes } from '../../../../../scripts/convert/keras/layers/borders.ts';

describe('borders', () => {
  it.each([
    [1, 2, [[2, 2]]],
    [1, [1, 3], [[1, 3]]],
    [
      2,
      1,
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      2,
      [1, 3],
      [
        [1, 1],
        [3, 3],
      ],
    ],
    [
      2,
      [1, [0, 2]],
      [
        [1, 1],
        [0, 2],
      ],
    ],
    [
      3,
      [[1, 0], 2, [0, 3]],
      [
        [1, 0],
        [2, 2],
        [0, 3],
      ],
    ],
  ])('for %i axes reads %j', (rank, given, wanted) => {
    expect(borders(rank).parse(given)).toEqual(wanted);
  });

  it.each([
    [1, [1, 2, 3]],
    [1, [[1, 2]]],
    [2, [1, 2, 3]],
    [2, -1],
    [3, [1, [1, 2, 3], 1]],
  ])('for %i axes refuses %j', (rank, given) => {
    expect(borders(rank).safeParse(given).success).toBe(false);
  });
});

describe('borderedShape', () => {
  it('leaves batch, channels and free axes alone', () => {
    const all = onAllAxes(
      [
        [1, 2],
        [3, 0],
      ],
      'channels_first',
    );
    expect(borderedShape([null, 3, null, 5], all, 1)).toEqual([null, 3, null, 8]);
    expect(borderedShape([null, 3, 7, 5], all, -1)).toEqual([null, 3, 4, 2]);
  });
});
