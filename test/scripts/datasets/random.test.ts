import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, shuffled } from '../../../scripts/datasets/random.ts';

describe('createRandom', () => {
  it('repeats itself for the same seed and differs for a neighbouring one', () => {
    const draw = (seed: string) => Array.from({ length: 8 }, createRandom(seed).next);
    expect(draw('gnome/1')).toEqual(draw('gnome/1'));
    expect(draw('gnome/1')).not.toEqual(draw('gnome/2'));
  });

  it('gives these numbers on every machine', () => {
    const random = createRandom('freezeframe');
    expect(Array.from({ length: 4 }, () => random.integer(0, 999_999))).toMatchInlineSnapshot(`
      [
        640489,
        123282,
        127501,
        285960,
      ]
    `);
  });

  it('is spread evenly', () => {
    const random = createRandom('even');
    const bins = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const bin = Math.floor(random.next() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const bin of bins) expect(Math.abs(bin - 1000)).toBeLessThan(150);
    let [sum, squares] = [0, 0];
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / 10_000)).toBeLessThan(0.05);
    expect(Math.abs(squares / 10_000 - 1)).toBeLessThan(0.05);
  });

  it('stays inside the limits it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(60), (seed, low, span) => {
        const random = createRandom(seed);
        const whole = random.integer(low, low + span);
        expect(Number.isInteger(whole) && whole >= low && whole <= low + span).toBe(true);
        const real = random.between(low, low + span + 1);
        expect(real >= low && real < low + span + 1).toBe(true);
        expect(['a', 'b', 'c']).toContain(random.pick(['a', 'b', 'c']));
        expect(random.chance(0)).toBe(false);
        expect(random.chance(1)).toBe(true);
      }),
    );
  });
});

describe('shuffled', () => {
  it('holds every number once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.string(), (count, seed) => {
        const order = [...shuffled(count, createRandom(seed))];
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
    expect([...shuffled(50, createRandom('x'))]).not.toEqual(Array.from({ length: 50 }, (_, index) => index));
  });
});
