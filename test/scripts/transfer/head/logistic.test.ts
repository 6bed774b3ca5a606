import { describe, expect, it } from 'vitest';
import { answer } from '../../../../scripts/transfer/head/cross-validate.ts';
import { fitHead } from '../../../../scripts/transfer/head/logistic.ts';
import { type Labelled, Objective } from '../../../../scripts/transfer/head/objective.ts';
// LogisticRegression(C=1, class_weight='balanced', tol=1e-10).predict_proba of scikit-learn 1.9.1, on the same rows.
import expected from './scikit-learn.json' with { type: 'json' };

async function fitted(data: Labelled, labels: number) {
  const objective = await Objective.open(data.width, labels);
  try {
    return await fitHead(objective, data, labels, new Uint8Array(data.count).fill(1));
  } finally {
    await objective.close();
  }
}

describe('fitHead', () => {
  it.each(['2', '3'] as const)('answers as scikit-learn with %s classes', async (key) => {
    const { x, y, p } = expected[key];
    const [labels, width] = [Number(key), 4];
    const data = { count: y.length, width, features: Float32Array.from(x), classes: Int32Array.from(y) };
    const head = await fitted(data, labels);
    for (let row = 0; row < data.count; row++) {
      const own = answer(head, data.features, row);
      for (let label = 0; label < labels; label++) expect(own[label]).toBeCloseTo(p[row * labels + label] as number, 3);
    }
  });

  it('is the same to the bit each time', async () => {
    const { x, y } = expected['3'];
    const data = { count: y.length, width: 4, features: Float32Array.from(x), classes: Int32Array.from(y) };
    const [first, second] = [await fitted(data, 3), await fitted(data, 3)];
    expect(first.weights).toEqual(second.weights);
    expect(first.bias).toEqual(second.bias);
  });

  it('leaves rows out that are not to be used', async () => {
    const features = Float32Array.from([0, 1, 0, 1, 50, -50]);
    const data = { count: 6, width: 1, features, classes: Int32Array.from([0, 1, 0, 1, 1, 0]) };
    const objective = await Objective.open(1, 2);
    const head = await fitHead(objective, data, 2, Uint8Array.from([1, 1, 1, 1, 0, 0]));
    await objective.close();
    expect(answer(head, Float32Array.from([1]), 0)[1]).toBeGreaterThan(0.5);
  });
});
