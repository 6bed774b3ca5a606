import { describe, expect, it } from 'vitest';
import { firstChoice } from '../../../scripts/frozen/first-choice.ts';

describe('firstChoice', () => {
  it('is the largest, or for one number whether it is a half at least', () => {
    expect(firstChoice([0.1, 0.7, 0.2, 0.9, 0.1, 0], 0, 3)).toBe(1);
    expect(firstChoice([0.1, 0.7, 0.2, 0.9, 0.1, 0], 1, 3)).toBe(0);
    expect(firstChoice([0.4, 0.6], 1, 1)).toBe(1);
  });
});
