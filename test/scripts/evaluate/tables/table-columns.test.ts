import type { Manifest } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { answerOf, columnsFor } from '../../../../scripts/evaluate/tables/table-columns.ts';

const price = { name: 'price', unit: 'USD' };
function manifest(features: { name: string; unit?: string }[] | undefined, values = [price], width: number | null = 2) {
  const tensors = [{ name: 'x', shape: [null, width], datatype: 'FP32' }];
  const input = { kind: 'tensors', tensors, ...(features ? { features } : {}) };
  return { name: 'm', input, output: { kind: 'regression', name: 'y', values } } as unknown as Manifest;
}
const named = manifest([{ name: 'area', unit: 'm²' }, { name: 'rooms' }]);
const answer = answerOf(named, undefined);

describe('columnsFor', () => {
  it.each([
    [['area', 'rooms', 'price'], [0, 1], 2],
    [['price (USD)', 'id', 'rooms', 'area (m²)'], [2, 3].reverse(), 0],
    [['rooms (number)', 'price', 'area'], [2, 0], 1],
  ])('finds features and answer in %j', (columns, features, at) => {
    expect(columnsFor(named, answer, columns, undefined)).toEqual({ features, answer: at, notes: [] });
  });

  it('takes the column that is named for the answer', () => {
    expect(columnsFor(named, answer, ['area', 'rooms', 'sold for (EUR)'], 'sold for').answer).toBe(2);
    expect(() => columnsFor(named, answer, ['area', 'rooms'], 'sold for')).toThrow(/one of area, rooms/);
  });

  it.each([
    [['area', 'price'], /a column rooms for the table but received \["area", "price"\]/],
    [['area', 'rooms'], /a column price in USD/],
    [['area (sqft)', 'rooms', 'price'], /a column area in m² for the table but received "area \(sqft\)"/],
    [['area', 'rooms', 'price (EUR)'], /a column price in USD for the table but received "price \(EUR\)"/],
  ])('refuses %j', (columns, message) => {
    const find = () => columnsFor(named, answer, columns, undefined);
    expect(find).toThrow(message);
    expect(find).toThrow(expect.objectContaining({ code: 'table-mismatch', remedy: expect.any(String) }));
  });

  it('goes by the order where the model has no names, and says so', () => {
    const nameless = manifest(undefined);
    expect(columnsFor(nameless, answer, ['a', 'price', 'b'], undefined)).toEqual({
      features: [0, 2],
      answer: 1,
      notes: [expect.stringContaining('in their order')],
    });
    expect(() => columnsFor(nameless, answer, ['a', 'price'], undefined)).toThrow(
      /2 columns of features .* received 1/,
    );
    expect(columnsFor(manifest(undefined, [price], null), answer, ['a', 'price'], undefined).features).toEqual([0]);
  });
});

describe('answerOf', () => {
  const several = manifest(undefined, [price, { name: 'rent', unit: '' }]);

  it('is the one value, or that of several which is named', () => {
    expect(answer).toEqual({ kind: 'value', ...price, index: 0 });
    expect(answerOf(several, 'rent (USD)')).toEqual({ kind: 'value', name: 'rent', unit: '', index: 1 });
    expect(() => answerOf(several, undefined)).toThrow(/one of price, rent/);
  });

  it('is a label where the model classifies, and nothing for tensors', () => {
    const classes = { ...named, output: { kind: 'classification', labels: ['a', 'b', 'a'] } } as unknown as Manifest;
    expect(answerOf(classes, undefined)).toEqual({ kind: 'label', labels: ['a', 'b'] });
    const tensors = { ...named, output: { kind: 'tensors', tensors: [] } } as unknown as Manifest;
    expect(() => answerOf(tensors, undefined)).toThrow(/neither labels nor named values/);
  });
});
