import { expect, it } from 'vitest';
import { provenanceRows } from '../../../scripts/report/provenance-rows.ts';

it('gives what is nested a row each', () => {
  expect(provenanceRows({ seed: 1, source: 'train', dataset: { name: 'few', sizes: [1, 2] }, none: null })).toEqual([
    ['seed', '1'],
    ['source', 'train'],
    ['dataset.name', 'few'],
    ['dataset.sizes', '[1,2]'],
    ['none', 'null'],
  ]);
});
