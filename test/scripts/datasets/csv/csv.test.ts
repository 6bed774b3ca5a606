import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { csv, loadCsv } from '../../../../scripts/datasets/csv/csv.ts';
import { SPLITS, type TableDataset } from '../../../../scripts/datasets/dataset.ts';
import { temporaryFolder, writeFiles } from '../picture-files.ts';

async function load(text: string, options = {}) {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'houses.csv': text });
  return loadCsv(join(folder, 'houses.csv'), 'houses', options);
}

const many = `rooms,same,price (USD)\n${Array.from({ length: 300 }, (_, row) => `${row},7,${1000 + row * row}`).join('\n')}\n`;

describe('loadCsv', () => {
  it('scales every column to 0..1 by the training rows alone', async () => {
    const { features, target, splits } = await load(many);
    expect(features.map(({ name }) => name)).toEqual(['rooms', 'same']);
    expect(target).toMatchObject({ name: 'price', unit: 'USD' });
    const rooms = features[0] as { min: number; max: number };
    const train = [...splits.train.features].filter((_, at) => at % 2 === 0);
    expect(Math.min(...train)).toBe(0);
    expect(Math.max(...train)).toBe(1);
    expect(splits.train.count + splits.validation.count + splits.test.count).toBe(300);
    for (const split of SPLITS) {
      const { count, features: values, target: prices } = splits[split];
      expect([values.length, prices.length]).toEqual([count * 2, count]);
      for (let row = 0; row < count; row++) {
        const room = (values[row * 2] as number) * (rooms.max - rooms.min) + rooms.min;
        const price = (prices[row] as number) * (target.max - target.min) + target.min;
        expect(Math.abs(price - (1000 + Math.round(room) ** 2))).toBeLessThan(0.05);
      }
    }
  });

  it('does not look at validation or test rows for its ranges', async () => {
    const { features, splits } = await load(many, { seed: 4 });
    const { min, max } = features[0] as { min: number; max: number };
    const rows = (split: 'train' | 'validation' | 'test') =>
      Array.from({ length: splits[split].count }, (_, row) =>
        Math.round((splits[split].features[row * 2] as number) * (max - min) + min),
      );
    expect([min, max]).toEqual([Math.min(...rows('train')), Math.max(...rows('train'))]);
    const outside = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29].map(async (seed) => {
      const { splits } = await load(many, { seed });
      return [...splits.validation.features, ...splits.test.features].some((value) => value < 0 || value > 1);
    });
    // Over ten seeds the largest or smallest row is held out at least once.
    expect(await Promise.all(outside)).toContain(true);
  });

  it('turns a constant column into 0', async () => {
    const { features, splits } = await load(many);
    expect(features[1]).toEqual({ name: 'same', min: 7, max: 14 });
    expect([...splits.train.features].filter((_, at) => at % 2 === 1).every((value) => value === 0)).toBe(true);
  });

  it('never lets equal rows straddle splits', async () => {
    const lines = Array.from({ length: 40 }, (_, row) => `${row % 10},${row % 10}`);
    const { splits } = await load(`a,b\n${lines.join('\n')}\n`);
    const seen = SPLITS.flatMap((split) => [...new Set(splits[split].target)]);
    expect(seen).toHaveLength(10);
  });

  it('predicts the column and unit it is told', async () => {
    const table = await load(many, { target: 'rooms', unit: 'rooms' });
    expect(table.features.map(({ name }) => name)).toEqual(['same', 'price (USD)']);
    expect(table.target).toMatchObject({ name: 'rooms', unit: 'rooms' });
    expect((await load(many, { target: 'price' })).target.name).toBe('price');
    await expect(load(many, { target: 'garden' })).rejects.toMatchObject({ code: 'used-wrongly' });
  });

  it('refuses what cannot be learnt', async () => {
    await expect(load(many, { target: 'same' })).rejects.toThrow('different values for column same');
    await expect(load('a,b\n1,2\n1,2\n3,4\n')).rejects.toThrow('at least 3 different rows');
    await expect(
      load(`a,b\n${Array.from({ length: 40 }, (_, row) => `${row % 2 ? '' : '-'}3.0${row}e38,${row}`).join('\n')}\n`),
    ).rejects.toThrow('too far apart');
  });

  it('takes differences that float32 cannot hold for none', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row}e-320,${row}`);
    const { features, splits } = await load(`a,b\n${rows.join('\n')}\n`);
    expect(features).toEqual([{ name: 'a', min: 0, max: 1 }]);
    expect(splits.train.features.every((value) => value === 0)).toBe(true);
  });

  it('has another digest for another content or target', async () => {
    const digests = [
      await load(many),
      await load(many),
      await load(many, { target: 'rooms' }),
      await load(`${many}9,9,9\n`),
    ];
    expect(digests[0]?.digest).toBe(digests[1]?.digest);
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(3);
  });
});

describe('tables of spreadsheets', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../../../fixtures/tables/${name}.csv`, import.meta.url));
  const unscaled = ({ target, splits }: TableDataset) =>
    SPLITS.flatMap((split) => [...splits[split].target].map((value) => value * (target.max - target.min) + target.min));

  it.each([
    ['thousands', 386, 2376, 'price: "1,570" is read as 1570'],
    ['decimal-comma', 386.25, 2376.25, 'price: "1570,25" is read as 1570.25'],
  ])('keeps every row of %s', async (name, least, most, note) => {
    const dataset = await loadCsv(fixture(name), name, {});
    expect(dataset.skipped).toEqual([]);
    expect(dataset.notes).toContain(note);
    const prices = unscaled(dataset);
    expect(prices).toHaveLength(40);
    expect(Math.min(...prices)).toBeCloseTo(least, 3);
    expect(Math.max(...prices)).toBeCloseTo(most, 3);
  });

  it('reads Latin-1 where it is told so, and makes up no name otherwise', async () => {
    await expect(loadCsv(fixture('latin1'), 'latin1', {})).rejects.toMatchObject({ code: 'csv-invalid' });
    const { features } = await loadCsv(fixture('latin1'), 'latin1', { encoding: 'windows-1252' });
    expect(features.map(({ name }) => name)).toEqual(['Zimmer', 'Größe']);
  });

  it('has the unit that the numbers name, unless another is given', async () => {
    const text = `a,price\n${Array.from({ length: 30 }, (_, row) => `${row},€ ${row * 2}.50`).join('\n')}\n`;
    expect((await load(text)).target.unit).toBe('€');
    expect((await load(text, { unit: 'francs' })).target.unit).toBe('francs');
    expect((await load(text.replace('price', 'price (EUR)'))).target.unit).toBe('EUR');
  });
});

describe('csv', () => {
  it('claims tables that are there', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'a.CSV': 'a,b\n1,2\n' });
    expect(await csv.claims(join(folder, 'a.CSV'))).toBe(true);
    expect(await csv.claims(join(folder, 'b.csv'))).toBe(false);
    expect(await csv.claims(folder)).toBe(false);
  });
});
