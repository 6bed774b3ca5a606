import { describe, expect, it } from 'vitest';
import { runCase } from '../../harness.ts';
import { CASES } from './cases.ts';

describe('a frozen layer answers as TensorFlow.js', () => {
  for (const { title, tolerance, ...tested } of CASES) {
    it(`${tested.layer}: ${title}`, async () => {
      const { difference, wanted } = await runCase(tested);
      expect(difference).toBeLessThanOrEqual(tolerance);
      // A case that answers nothing but zeros would pass with any weights.
      expect(wanted.some(({ data }) => data.some((value) => value !== 0))).toBe(true);
    });
  }
});
