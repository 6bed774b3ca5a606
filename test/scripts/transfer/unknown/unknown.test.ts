import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantizeRows } from '../../../../scripts/quantize/weights/quantized-rows.ts';
import { MemoryFeatures } from '../../../../scripts/transfer/features/features.ts';
import { Distances } from '../../../../scripts/transfer/unknown/distances.ts';
import { findPrototypes } from '../../../../scripts/transfer/unknown/prototypes.ts';
import { learnUnknown, recallOfNew } from '../../../../scripts/transfer/unknown/unknown.ts';

const WIDTH = 4;
let distances: Distances;
beforeAll(async () => {
  distances = await Distances.open(WIDTH);
});
afterAll(() => distances.close());

/** Rows around a place. */
function cloud(count: number, centre: readonly number[], spread: number, seed: number): number[] {
  return Array.from({ length: count * WIDTH }, (_, i) => {
    const noise = ((Math.sin(seed * 999 + i * 12.9898) * 43758.5453) % 1) * spread;
    return (centre[i % WIDTH] as number) + noise;
  });
}

describe('Distances', () => {
  it('are those of Euclid', async () => {
    const seen: number[][] = [];
    await distances.each(Float32Array.from([0, 0, 0, 0, 1, 1, 1, 1]), Float32Array.from([3, 4, 0, 0]), (row, all) => {
      seen[row] = [...all];
    });
    expect(seen[0]?.[0]).toBeCloseTo(5);
    expect(seen[1]?.[0]).toBeCloseTo(Math.sqrt(4 + 9 + 1 + 1));
  });
});

describe('findPrototypes', () => {
  it('keeps few rows as they are', async () => {
    const rows = Float32Array.from(cloud(5, [0, 0, 0, 0], 1, 1));
    expect((await findPrototypes(distances, rows, WIDTH, 10, 1)).rows).toEqual(rows);
  });

  it('finds the centres of clouds', async () => {
    const rows = Float32Array.from([...cloud(30, [0, 0, 0, 0], 0.1, 1), ...cloud(30, [9, 9, 9, 9], 0.1, 2)]);
    const { rows: centres, sizes, assigned } = await findPrototypes(distances, rows, WIDTH, 8, 1);
    expect(sizes.reduce((a, b) => a + b)).toBe(60);
    expect(new Set(assigned.slice(0, 30)).size + new Set(assigned.slice(30)).size).toBe(new Set(assigned).size);
    for (let i = 0; i < 8; i++) {
      const value = centres[i * WIDTH] as number;
      expect(Math.min(Math.abs(value), Math.abs(value - 9))).toBeLessThan(0.3);
    }
  });
});

describe('learnUnknown', () => {
  const known = [...cloud(40, [0, 0, 0, 0], 1, 1), ...cloud(40, [5, 0, 0, 0], 1, 2)];
  const data = {
    features: new MemoryFeatures(Float32Array.from(known), WIDTH),
    classes: Int32Array.from({ length: 80 }, (_, row) => Number(row >= 40)),
    labels: 2,
    groups: Int32Array.from({ length: 80 }, (_, row) => row),
  };
  const far = Float32Array.from(cloud(50, [0, 8, 8, 0], 4, 3));

  it('tells what is near from what is not', async () => {
    const unknown = await learnUnknown(distances, data, quantizeRows(far, WIDTH), 1);
    expect(unknown.recall).toBeGreaterThanOrEqual(0.95);
    expect(unknown.falseAccepts).toBe(0);
    expect(unknown.leftOut).toBe(0);
    expect(unknown.threshold).toBeLessThan(0);
  });

  it('turns none of its own away where nothing else is near', async () => {
    const unknown = await learnUnknown(distances, data, quantizeRows(far, WIDTH), 1);
    expect([unknown.recall, unknown.falseAccepts]).toEqual([1, 0]);
    const [own, others] = [Math.max(...unknown.scores), Math.min(...unknown.backgroundScores)];
    expect(unknown.threshold).toBeGreaterThan(own);
    expect(unknown.threshold).toBeLessThan(others);
  });

  it('knows 95 % of its own where others are as near', async () => {
    const near = Float32Array.from(cloud(60, [2.5, 0.5, 0, 0], 3, 3));
    const unknown = await learnUnknown(distances, data, quantizeRows(near, WIDTH), 1);
    expect(unknown.recall).toBeCloseTo(0.95, 5);
    expect(unknown.falseAccepts).toBeGreaterThan(0.01);
  });

  it('expects less of new pictures where few were learnt', () => {
    const of = (count: number) => recallOfNew({ recall: 0.95, scores: new Float32Array(count) });
    expect(of(20)).toBeCloseTo(19 / 21, 6);
    expect(of(10_000)).toBeCloseTo(0.95, 3);
  });

  it('leaves out background pictures that look like the training', async () => {
    const mixed = Float32Array.from([...far, ...cloud(1, [0, 0, 0, 0], 0.2, 4), ...cloud(1, [5, 0, 0, 0], 0.2, 5)]);
    const unknown = await learnUnknown(distances, data, quantizeRows(mixed, WIDTH), 1);
    expect([unknown.leftOut, unknown.background.count]).toEqual([2, 50]);
  });

  it('does not know a picture by a copy of itself', async () => {
    const twins = { ...data, groups: Int32Array.from({ length: 80 }, (_, row) => Math.floor(row / 2)) };
    const pairs = Float32Array.from(
      known,
      (_, i) => known[Math.floor(i / WIDTH / 2) * 2 * WIDTH + (i % WIDTH)] as number,
    );
    twins.features = new MemoryFeatures(pairs, WIDTH);
    const unknown = await learnUnknown(distances, twins, quantizeRows(far, WIDTH), 1);
    const bank = await learnUnknown(distances, { ...twins, groups: data.groups }, quantizeRows(far, WIDTH), 1);
    expect(unknown.threshold).toBeGreaterThan(bank.threshold);
  });

  it('is the same whether a class is held by rows or found among more of them than are looked at', async () => {
    const count = 9_000;
    const many = Float32Array.from(cloud(count, [0, 0, 0, 0], 1, 1));
    const large = {
      features: new MemoryFeatures(many, WIDTH),
      classes: new Int32Array(count),
      labels: 1,
      groups: Int32Array.from({ length: count }, (_, row) => row),
    };
    const unknown = await learnUnknown(distances, large, quantizeRows(far, WIDTH), 1);
    expect([unknown.known.count, unknown.scores.length]).toEqual([200, count]);
    expect(unknown.recall).toBeGreaterThanOrEqual(0.95);
    expect(unknown.falseAccepts).toBe(0);
  });

  it('holds a class of many pictures by a few', async () => {
    const many = Float32Array.from([...cloud(500, [0, 0, 0, 0], 1, 1), ...cloud(40, [5, 0, 0, 0], 1, 2)]);
    const large = {
      ...data,
      features: new MemoryFeatures(many, WIDTH),
      classes: Int32Array.from({ length: 540 }, (_, row) => Number(row >= 500)),
      groups: Int32Array.from({ length: 540 }, (_, row) => row),
    };
    const unknown = await learnUnknown(distances, large, quantizeRows(far, WIDTH), 1);
    expect(unknown.known.count).toBe(240);
    expect(unknown.falseAccepts).toBe(0);
  });
});
