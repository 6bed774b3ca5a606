import { describe, expect, it } from 'vitest';
import { openEvaluator } from '../../../../scripts/reference/evaluator/index.ts';
import { loadReference } from '../../../../scripts/reference/tfjs/layers.ts';
import { layerModel, numbers, size, withSeededWeights } from '../../convert/harness.ts';
import { CASES } from '../../convert/keras/layers/cases.ts';
import { farthest } from './recorded.ts';

describe('the plain evaluator answers as TensorFlow.js', () => {
  it.each(CASES)('$layer: $title', async ({ layer, config, inputs, sizes }) => {
    const model = withSeededWeights(layerModel(layer, config, inputs), 7);
    const shapes = inputs.map((shape, i) => [2, ...(sizes?.[i] ?? (shape as number[]))]);
    const data = shapes.map((shape, i) => ({ shape, data: numbers(size(shape), 11 + i) }));
    const reference = await loadReference(model);
    const wanted = await reference.run(data);
    reference.close();
    const answers = wanted.map((tensor) => ({ shape: tensor.shape, data: Array.from(tensor.data) }));
    expect(farthest(answers, await openEvaluator(model).run(data))).toBeLessThanOrEqual(1e-5);
  });
});
