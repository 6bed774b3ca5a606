import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { housePrices, housePricesCsv } from '../../../../scripts/datasets/house-prices/house-prices.ts';
import { temporaryFolder } from '../picture-files.ts';

describe('housePricesCsv', () => {
  it('invents the same houses every time, with prices that follow from them', () => {
    expect(housePricesCsv(50)).toBe(housePricesCsv(50));
    const rows = housePricesCsv(400)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    expect(rows).toHaveLength(400);
    expect(rows.flat().every(Number.isFinite)).toBe(true);
    const [areas, prices] = [rows.map((row) => row[1] as number), rows.map((row) => row[4] as number)];
    expect(correlation(areas, prices)).toBeGreaterThan(0.7);
    expect(correlation(areas, prices)).toBeLessThan(0.99);
  });
});

describe('house-prices', () => {
  it('leaves the table where people can look at it, and repairs it', async () => {
    const cacheDir = await temporaryFolder();
    const first = await housePrices.load('house-prices', { cacheDir });
    const file = join(cacheDir, 'drawn', 'house-prices.csv');
    expect(await readFile(file, 'utf8')).toBe(housePricesCsv(2_000));
    await writeFile(file, 'rooms,area');
    expect(await housePrices.load('house-prices', { cacheDir })).toEqual(first);
    expect(first).toMatchObject({ target: { name: 'price', unit: 'USD' }, skipped: [] });
  });
});

function correlation(xs: number[], ys: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const [dx, dy] = [xs.map((x) => x - mx), ys.map((y) => y - my)];
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
  return dot(dx, dy) / Math.sqrt(dot(dx, dx) * dot(dy, dy));
}
