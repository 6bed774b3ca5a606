import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Classifier, openClassifier } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learntOf, rowDigest } from '../../../../scripts/datasets/index.ts';
import { evaluateTable } from '../../../../scripts/evaluate/tables/evaluate-table.ts';
import { priceModel, sizeModel, writeModels } from '../../../functions/models.ts';

let folder: string;
const opened: Classifier[] = [];
beforeAll(async () => {
  folder = await writeModels([priceModel(), sizeModel('size', null), sizeModel('four', 4)]);
});
afterAll(() => Promise.all(opened.map((classifier) => classifier.close())));

async function evaluate(model: string, text: string, options = {}) {
  const file = join(folder, 'table.csv');
  await writeFile(file, text);
  const classifier = await openClassifier(join(folder, model, '1'));
  opened.push(classifier);
  return evaluateTable(classifier, file, options);
}

describe('evaluateTable', () => {
  it('measures values in their own unit, of columns in any order and of numbers as they are written', async () => {
    // 1000 x area + 50 x rooms: off by -100, 700 and 0.
    const text = 'id;rooms;price;area (m²)\nA1;2;"10.200,0";10\nB2;4;"20.500,0";21\nC3;1;"5.550,0";"5,5"\nD4;;1,0;1\n';
    expect(await evaluate('prices', text)).toMatchObject({
      model: { name: 'prices', version: '1' },
      target: { name: 'price', unit: 'dollars' },
      meanAbsoluteError: (100 + 700 + 0) / 3,
      rootMeanSquaredError: Math.sqrt((100 ** 2 + 700 ** 2) / 3),
      count: 3,
      skipped: [{ file: 'line 5', reason: 'rooms is missing' }],
      notes: ['area (m²): "5,5" is read as 5.5', 'price: "10.200,0" is read as 10200'],
    });
  });

  it('tells how many rows were learnt, whatever the order of the columns', async () => {
    const learnt = { ...learntOf([rowDigest([10, 2], 10_200), rowDigest([1, 1], 1050)]) };
    const text = 'rooms,price,area\n2,10200,10\n4,20500,21\n2,10201,10\n';
    expect(await evaluate('prices', text)).not.toHaveProperty('trainedOn');
    await cp(join(folder, 'prices'), join(folder, 'learnt'), { recursive: true });
    const file = join(folder, 'learnt', '1', 'manifest.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), provenance: { learnt } }));
    expect(await evaluate('learnt', text)).toMatchObject({ count: 3, trainedOn: { count: 1, estimated: false } });
  });

  it.each(['size', 'four'])('counts labels of rows (%s)', async (model) => {
    const rows = ['1,2,small', '9,9,large', '9,2,small', '0,0,small', '20,1,large'];
    const result = await evaluate(model, `a,b,size\n${rows.join('\n')}\n1,1,\n`, { target: 'size' });
    expect(result).toMatchObject({
      count: 5,
      accuracy: 0.8,
      confusion: [
        [2, 1],
        [0, 2],
      ],
      skipped: [{ file: 'line 7', reason: 'size is missing' }],
    });
  });

  it('asks about every row once, also in many runs', async () => {
    const rows = Array.from(
      { length: 1001 },
      (_, i) => `${i % 40},${i % 7},${1000 * (i % 40) + 50 * (i % 7) + (i % 2)}`,
    );
    const result = await evaluate('prices', `area,rooms,price\n${rows.join('\n')}\n`);
    expect(result).toMatchObject({ count: 1001 });
    expect('meanAbsoluteError' in result && result.meanAbsoluteError).toBeCloseTo(500 / 1001, 9);
  });

  it('refuses what says nothing of the model', async () => {
    const refused = (model: string, text: string, options = {}) =>
      evaluate(model, text, options).then(
        () => 'accepted',
        ({ code }) => code,
      );
    expect(await refused('size', 'a,b,label\n1,2,tiny\n')).toBe('labels-unknown');
    expect(await refused('size', 'a,b,size\n1,2,small\n')).toBe('table-mismatch');
    expect(await refused('prices', 'area,price\n1,2\n')).toBe('table-mismatch');
    expect(await refused('prices', 'area,rooms,price\n1,,2\n2,,3\n3,4,5\n')).toBe('dataset-unusable');
    expect(await refused('prices', 'area,rooms,price\n')).toBe('dataset-unusable');
    expect(await refused('prices', 'area,rooms,price\n1,2,3 km\n')).toBe('csv-invalid');
  });
});
