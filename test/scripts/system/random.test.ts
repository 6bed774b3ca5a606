import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellNumber, mulberry32, namedStream, stream } from '../../../scripts/system/random.ts';

const draw = (count: number, ...name: Parameters<typeof stream>) => {
  const random = stream(...name);
  return Array.from({ length: count }, () => random.uniform());
};

describe('stream', () => {
  it('gives the same numbers for the same name, others for any other', () => {
    expect(draw(8, 1, 'shuffle', 3)).toEqual(draw(8, 1, 'shuffle', 3));
    const names = [
      [1, 'shuffle', 4],
      [2, 'shuffle', 3],
      [1, 'dropout', 3],
      [1, 'shuffle', 3, 0],
    ] as const;
    for (const [seed, purpose, ...when] of names) {
      expect(draw(8, seed, purpose, ...when)).not.toEqual(draw(8, 1, 'shuffle', 3));
    }
  });

  it('gives numbers in [0, 1) that are evenly spread', () => {
    const numbers = draw(100_000, 7, 'spread');
    const tenths = Array<number>(10).fill(0);
    for (const number of numbers) tenths[Math.floor(number * 10)] = (tenths[Math.floor(number * 10)] as number) + 1;
    // 10,000 each; six deviations are 570.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(570);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });
});

describe('Random', () => {
  it('fills an array with what it would have given one by one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 50 }), (seed, count) => {
        const random = stream(seed, 'fill');
        const filled = new Float32Array(count);
        random.fill(filled);
        const single = stream(seed, 'fill');
        expect([...filled]).toEqual(Array.from({ length: count }, () => single.uniform()));
        expect(random.next()).toBe(single.next());
      }),
    );
  });

  it('orders every index once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), (seed, count) => {
        const order = stream(seed, 'order').permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
    expect([...stream(1, 'order').permutation(50)]).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('has a normal distribution of mean 0 and deviation 1', () => {
    const random = stream(3, 'normal');
    const numbers = Array.from({ length: 50_000 }, () => random.normal());
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});

describe('namedStream', () => {
  it('repeats itself for the same seed and differs for a neighbouring one', () => {
    const draw = (seed: string) => {
      const random = namedStream(seed);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw('gnome/1')).toEqual(draw('gnome/1'));
    expect(draw('gnome/1')).not.toEqual(draw('gnome/2'));
  });

  it('gives these numbers on every machine', () => {
    const random = namedStream('freezeframe');
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
    const random = namedStream('even');
    const bins = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const bin = Math.floor(random.uniform() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const bin of bins) expect(Math.abs(bin - 1000)).toBeLessThan(150);
    let [sum, squares] = [0, 0];
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.bell();
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / 10_000)).toBeLessThan(0.05);
    expect(Math.abs(squares / 10_000 - 1)).toBeLessThan(0.05);
  });

  it('stays inside the limits it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(60), (seed, low, span) => {
        const random = namedStream(seed);
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

describe('a permutation of a named stream', () => {
  it('holds every number once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.string(), (count, seed) => {
        const order = [...namedStream(seed).permutation(count)];
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
    expect([...namedStream('x').permutation(50)]).not.toEqual(Array.from({ length: 50 }, (_, index) => index));
  });
});

describe('what recorded results depend on', () => {
  it('gives the same numbers as when they were recorded', () => {
    const random = stream(1, 'weights', 2);
    expect(Array.from({ length: 3 }, () => random.next())).toEqual([3_652_076_062, 2_390_097_846, 643_963_378]);
    const made = mulberry32(21);
    expect(Array.from({ length: 3 }, () => Math.floor(made() * 1e6))).toEqual([432_291, 447_029, 283_284]);
    expect([1, 2, 3].map((x) => Math.floor(cellNumber(7, x, -x) * 1e6))).toEqual([396_170, 790_297, 148_838]);
  });
});
