import { describe, expect, it } from 'vitest';
import { MemoryFeatures } from '../../../../scripts/transfer/features/features.ts';
import { plainProbabilities } from '../../../../scripts/transfer/freeze/plain-head.ts';
import { fitHead } from '../../../../scripts/transfer/head/logistic.ts';
import { type Labelled, Objective } from '../../../../scripts/transfer/head/objective.ts';
// LogisticRegression(C=1, class_weight='balanced', tol=1e-10).predict_proba of scikit-learn 1.9.1, on the same rows.
import expected from './scikit-learn.json' with { type: 'json' };

async function fitted(data: Labelled, labels: number) {
  const objective = await Objective.open(data.features.width, labels);
  try {
    return await fitHead(objective, data, labels, new Uint8Array(data.classes.length).fill(1));
  } finally {
    await objective.close();
  }
}

describe('fitHead', () => {
  it.each(['2', '3'] as const)('answers as scikit-learn with %s classes', async (key) => {
    const { x, y, p } = expected[key];
    const [labels, width] = [Number(key), 4];
    const rows = Float32Array.from(x);
    const data = { features: new MemoryFeatures(rows, width), classes: Int32Array.from(y) };
    const head = await fitted(data, labels);
    for (let row = 0; row < y.length; row++) {
      const own = plainProbabilities(head, rows, row);
      for (let label = 0; label < labels; label++) expect(own[label]).toBeCloseTo(p[row * labels + label] as number, 3);
    }
  });

  it('is the same to the bit each time', async () => {
    const { x, y } = expected['3'];
    const data = { features: new MemoryFeatures(Float32Array.from(x), 4), classes: Int32Array.from(y) };
    const [first, second] = [await fitted(data, 3), await fitted(data, 3)];
    expect(first.weights).toEqual(second.weights);
    expect(first.bias).toEqual(second.bias);
  });

  it('leaves rows out that are not to be used', async () => {
    const features = new MemoryFeatures(Float32Array.from([0, 1, 0, 1, 50, -50]), 1);
    const data = { features, classes: Int32Array.from([0, 1, 0, 1, 1, 0]) };
    const objective = await Objective.open(1, 2);
    const head = await fitHead(objective, data, 2, Uint8Array.from([1, 1, 1, 1, 0, 0]));
    await objective.close();
    expect(plainProbabilities(head, Float32Array.from([1]), 0)[1]).toBeGreaterThan(0.5);
  });
});
