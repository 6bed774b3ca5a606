import { expect, it } from 'vitest';
import { chooseBest } from '../../../scripts/transfer/transfer.ts';

/** @param own the probability of the right one of two labels, for each of so many pictures */
function candidate(name: string, accuracy: number, own: number, count = 10) {
  const probabilities = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? own : 1 - own));
  return {
    name,
    accuracy,
    count,
    outOfFold: { answered: { probabilities, classes: new Int32Array(count), labels: 2 } },
  };
}

it('takes the one with the most right answers', () => {
  expect(chooseBest([candidate('a', 0.9, 0.99), candidate('b', 0.95, 0.6)]).name).toBe('b');
});

it('takes the surer one where both answer as well, and the first where they are as sure', () => {
  expect(chooseBest([candidate('a', 1, 0.7), candidate('b', 1, 0.9)]).name).toBe('b');
  expect(chooseBest([candidate('a', 0.996, 0.9, 1_000), candidate('b', 0.997, 0.7, 1_000)]).name).toBe('a');
  expect(chooseBest([candidate('a', 1, 0.9), candidate('b', 1, 0.9)]).name).toBe('a');
});
