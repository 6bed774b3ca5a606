import { expect, it } from 'vitest';
import { MemoryFeatures } from '../../../../scripts/transfer/features/features.ts';
import { learningCurve } from '../../../../scripts/transfer/head/learning-curve.ts';
import { Objective } from '../../../../scripts/transfer/head/objective.ts';

it('tests heads that have seen few pictures on those that they have not seen', async () => {
  const count = 40;
  const classes = Int32Array.from({ length: count }, (_, row) => row % 2);
  const values = Float32Array.from({ length: count }, (_, row) => (row % 2) * 3 + ((row * 37) % 10) / 10);
  const foldOf = Int32Array.from({ length: count }, (_, row) => Math.floor(row / 2) % 5);
  const objective = await Objective.open(1, 2);
  const points = await learningCurve(objective, { features: new MemoryFeatures(values, 1), classes }, 2, foldOf);
  await objective.close();
  expect(points.map(({ perLabel }) => perLabel)).toEqual([2, 5, 10]);
  for (const point of points) expect(point.count).toBe(count);
  expect(points.at(-1)?.right).toBe(count);
});
