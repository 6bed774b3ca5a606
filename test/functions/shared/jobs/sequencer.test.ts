import { describe, expect, it } from 'vitest';
import { MAX_DIGITS, SEQUENCER, sequenceOf } from '../../../../functions/shared/jobs/sequencer.ts';

describe('sequenceOf', () => {
  it.each([
    // S3 fills the shorter one on the right: as numbers they would be the other way round.
    ['41', '3FFF', 1],
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', -1],
    ['12', '1234', -1],
    ['12', '1200', 0],
    ['ab', 'AB', 0],
  ])('orders %s and %s', (a, b, order) => {
    const [x, y] = [sequenceOf(a), sequenceOf(b)];
    expect(x < y ? -1 : x > y ? 1 : 0).toBe(order);
    expect(x).toHaveLength(MAX_DIGITS);
  });

  it('takes what S3 writes and nothing else', () => {
    expect('617f08299329d189').toMatch(SEQUENCER);
    for (const other of ['', 'xyz', '1 ', 'A'.repeat(MAX_DIGITS + 1)]) expect(other).not.toMatch(SEQUENCER);
  });
});
