import { expect, it } from 'vitest';
import { whyNotTheMostAccurate } from '../../../scripts/transfer/describe.ts';

const tried = (cheap: number, dear: number, chosen: 'cheap' | 'dear') =>
  [
    { name: 'cheap', accuracy: cheap, chosen: chosen === 'cheap' },
    { name: 'dear', accuracy: dear, chosen: chosen === 'dear' },
  ].map((one) => ({ ...one, accuracyLow: 0, accuracyHigh: 1, count: 60, seconds: 1 }));

it('says why the network with the best figure was not taken', () => {
  expect(whyNotTheMostAccurate(tried(1, 0.98, 'dear')).join()).toMatch(
    /dear is the better one on most.*--backbone cheap/,
  );
  expect(whyNotTheMostAccurate(tried(0.98, 0.99, 'cheap')).join()).toMatch(/cheap is faster.*--backbone dear/);
});

it('says nothing where it was taken, or where none is better', () => {
  expect(whyNotTheMostAccurate(tried(0.98, 0.99, 'dear'))).toEqual([]);
  expect(whyNotTheMostAccurate(tried(1, 1, 'dear'))).toEqual([]);
});
