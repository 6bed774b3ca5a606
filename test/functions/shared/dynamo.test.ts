import { expect, it } from 'vitest';
import { changeItem, readItem } from '../../../functions/shared/dynamo.ts';
import { useAws } from '../../aws/use-aws.ts';

useAws({});

it('keeps every number that a model may answer, as it is', async () => {
  const values = [0, -0.5, 7, 2 ** 53 + 2, -1e20, 3.4028234663852886e38, 1.401298464324817e-45].map(Math.fround);
  const set = { result: { values: values.map((value) => ({ name: 'price', value, unit: '' })) } };
  const written = await changeItem('results', 'id', { set, where: 'attribute_not_exists(#id)', values: {} });
  expect(written).toEqual({ id: 'id', ...set });
  expect(await readItem('results', 'id')).toEqual({ id: 'id', ...set });
});
