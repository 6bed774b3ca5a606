import { expect, it } from 'vitest';
import { chooseBest } from '../../../../scripts/transfer/head/choose.ts';

/** @param wrong the pictures that it calls something else, of so many */
function candidate(name: string, wrong: readonly number[], count: number) {
  const pictures = Array.from({ length: count }, (_, row) => ({ digest: `${row}` }));
  return { name, pictures, outOfFold: { right: Uint8Array.from(pictures, (_, row) => Number(!wrong.includes(row))) } };
}
const chosen = (count: number, cheap: readonly number[], dear: readonly number[]) =>
  chooseBest([candidate('cheap', cheap, count), candidate('dear', dear, count)]).name;
const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

it('takes the dearer one where few pictures say little', () => {
  expect(chosen(10, [], [])).toBe('dear');
  expect(chosen(10, [], [3])).toBe('dear');
  expect(chosen(40, [1, 2], [1, 2, 3, 4])).toBe('dear');
  expect(chosen(120, [5], [])).toBe('dear');
});

it('takes the cheaper one where it is clearly better', () => {
  expect(chosen(40, [1], [1, 2, 3, 4])).toBe('cheap');
  expect(chosen(40, range(20, 4), range(0, 4))).toBe('dear');
  expect(chosen(400, range(100, 10), range(0, 20))).toBe('cheap');
});

it('takes the cheaper one where many pictures say that it is as good', () => {
  expect(chosen(460, [], [])).toBe('cheap');
  expect(chosen(460, [1], [])).toBe('cheap');
  expect(chosen(460, [1, 2, 3], [])).toBe('dear');
  expect(chosen(10_000, range(0, 60), range(40, 60))).toBe('cheap');
});

it('compares pictures that both were asked about', () => {
  const [cheap, dear] = [candidate('cheap', [], 10), candidate('dear', [0, 1, 2], 10)];
  expect(
    chooseBest([cheap, { ...dear, pictures: dear.pictures.map(({ digest }) => ({ digest: `x${digest}` })) }]).name,
  ).toBe('dear');
  expect(chooseBest([dear])).toBe(dear);
});
