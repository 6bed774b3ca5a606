import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../scripts/reference/evaluator/index.ts';
import { tensorflowAnswers } from '../../../tensorflow-js/layers.ts';
import { layerModel, numbers, size, withSeededWeights } from '../../convert/harness.ts';
import { CASES } from '../../convert/keras/layers/cases.ts';
import { farthest } from './recorded.ts';

describe('the plain evaluator answers as TensorFlow.js', () => {
  it.each(CASES)('$layer: $title', async ({ layer, config, inputs, sizes }) => {
    const model = withSeededWeights(layerModel(layer, config, inputs), 7);
    const shapes = inputs.map((shape, i) => [2, ...(sizes?.[i] ?? (shape as number[]))]);
    const data = shapes.map((shape, i) => ({ shape, data: numbers(size(shape), 11 + i) }));
    const wanted = await tensorflowAnswers(model, data);
    const answers = wanted.map((tensor) => ({ shape: tensor.shape, data: Array.from(tensor.data) }));
    expect(farthest(answers, await evaluate(model, data))).toBeLessThanOrEqual(1e-5);
  });
});
