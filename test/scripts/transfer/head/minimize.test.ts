import { describe, expect, it } from 'vitest';
import { minimize } from '../../../../scripts/transfer/head/minimize.ts';

describe('minimize', () => {
  it("finds the least of Rosenbrock's valley", async () => {
    const x = Float64Array.from([-1.2, 1]);
    await minimize(
      x,
      async ([a = 0, b = 0]) => ({
        loss: (1 - a) ** 2 + 100 * (b - a * a) ** 2,
        gradient: Float64Array.from([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]),
      }),
      { tolerance: 1e-8, most: 200 },
    );
    expect(x[0]).toBeCloseTo(1, 5);
    expect(x[1]).toBeCloseTo(1, 5);
  });

  it('ends at once where it is', async () => {
    const x = Float64Array.from([3]);
    const steps = await minimize(x, async () => ({ loss: 0, gradient: new Float64Array(1) }), {
      tolerance: 1e-8,
      most: 10,
    });
    expect([steps, x[0]]).toEqual([0, 3]);
  });

  it('goes back to the best place where no step is better', async () => {
    const x = Float64Array.from([1]);
    let calls = 0;
    await minimize(x, async () => ({ loss: calls++, gradient: Float64Array.from([1]) }), { tolerance: 1e-8, most: 10 });
    expect(x[0]).toBe(1);
  });
});
