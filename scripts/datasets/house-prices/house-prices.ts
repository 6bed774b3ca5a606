import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namedStream, replaceFile } from '#system';
import { loadCsv } from '../csv/csv.ts';
import type { DatasetKind } from '../dataset.ts';
import { placesOf } from '../places.ts';

/** Invented houses with a price that follows from them: a table to try regression on. No real sales. */
export const housePrices: DatasetKind = {
  spec: 'house-prices',
  summary: '2,000 invented houses; predicts the price in USD from rooms, area, age and distance to the centre',
  claims: async (spec) => spec === 'house-prices',
  async load(_spec, options) {
    const file = join(placesOf(options).data, 'house-prices.csv');
    const text = housePricesCsv(2_000);
    // One table for every seed: the seed chooses the split.
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) await replaceFile(file, text);
    return loadCsv(file, 'house-prices', options);
  },
};

/** The table as CSV text; the same text for the same number of rows. */
export function housePricesCsv(rows: number): string {
  const random = namedStream('house-prices');
  const lines = ['rooms,area_sqft,age_years,km_to_centre,price (USD)'];
  for (let row = 0; row < rows; row++) {
    const rooms = random.integer(1, 7);
    const area = Math.round(Math.min(4_200, Math.max(400, 250 + rooms * 390 + random.bell() * 380)));
    const age = Number(random.between(0, 90).toFixed(1));
    const distance = Number((40 * random.uniform() ** 1.6).toFixed(1));
    // Land is dear in the centre, old houses lose value until they become charming; 6 % is taste and haggling.
    const squareFoot = 120 + 95 / (1 + distance / 9) - 0.9 * Math.min(age, 60) + 0.5 * Math.max(0, age - 60);
    const price = (18_000 + rooms * 9_500 + area * squareFoot) * (1 + 0.06 * random.bell());
    lines.push([rooms, area, age, distance, Math.max(20_000, Math.round(price / 100) * 100)].join(','));
  }
  return `${lines.join('\n')}\n`;
}
