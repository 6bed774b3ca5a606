import { describe, expect, it } from 'vitest';
import { doubles } from '../../../../scripts/reference/evaluator/doubles.ts';
import { indexed } from '../../../../scripts/reference/evaluator/slices.ts';

const x = doubles(
  [2, 3, 2],
  Array.from({ length: 12 }, (_, i) => i),
);
const all = { start: null, stop: null, step: null };
const keras3 = (start: number | null, stop: number | null, step: number | null) => ({
  class_name: '__slice__',
  config: { start, stop, step },
});

describe("NumPy's indexing", () => {
  it.each([
    ['a number', [1], [3, 2], [6, 7, 8, 9, 10, 11]],
    ['a number from behind', [all, -1], [2, 2], [4, 5, 10, 11]],
    ['a slice of Keras 2', [all, { start: 1, stop: null, step: null }], [2, 2, 2], [2, 3, 4, 5, 8, 9, 10, 11]],
    ['a slice of Keras 3', [keras3(null, 1, null), keras3(null, null, 2)], [1, 2, 2], [0, 1, 4, 5]],
    ['backwards', [0, keras3(null, null, -1), 0], [3], [4, 2, 0]],
    ['backwards with ends', [0, keras3(-1, 0, -1), 0], [2], [4, 2]],
    ['the rest', [{ class_name: '__ellipsis__' }, 1], [2, 3], [1, 3, 5, 7, 9, 11]],
    ['a new axis', [0, null, 1], [1, 2], [2, 3]],
    ['beyond the end', [0, keras3(2, 9, null), 0], [1], [4]],
    ['nothing', [0, keras3(2, 1, null), 0], [0], []],
  ])('%s', (_, key, shape, data) => {
    expect(indexed(x, key)).toEqual(doubles(shape, data));
  });

  it('refuses what is no index', () => {
    expect(() => indexed(x, ['a'])).toThrow(/a number or a slice/);
    expect(() => indexed(x, [5])).toThrow(/an axis of 2/);
  });
});
