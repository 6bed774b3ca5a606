import { describe, expect, it } from 'vitest';
import { createNoise, rough } from '../../../../scripts/datasets/gnomes/noise.ts';

describe('createNoise', () => {
  it('lies in 0..1, is smooth, and depends on its seed', () => {
    const [noise, other] = [createNoise(1), createNoise(2)];
    let different = 0;
    for (let step = 0; step < 500; step++) {
      const [x, y] = [step * 0.37 - 90, step * 0.23 - 40];
      for (const value of [noise(x, y), rough(noise, x, y)]) expect(value >= 0 && value <= 1).toBe(true);
      expect(Math.abs(noise(x, y) - noise(x + 0.001, y))).toBeLessThan(0.01);
      if (Math.abs(noise(x, y) - other(x, y)) > 0.05) different++;
    }
    expect(different).toBeGreaterThan(300);
    expect(noise(3.2, 4.1)).toBe(createNoise(1)(3.2, 4.1));
  });
});
