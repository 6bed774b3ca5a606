import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../scripts/reference/evaluator/index.ts';
import { ARCHITECTURES } from '../../../../scripts/train/architectures/index.ts';
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

  it.each(ARCHITECTURES)('the architecture $name', async ({ config, data }) => {
    const shape = data === 'pictures' ? [28, 28, 3] : [6];
    const seeded = withSeededWeights(config({ shape, outputs: 4 }), 3);
    // Small enough that no answer is a plain 0 or 1.
    const weights = [...seeded.weights].map(([name, t]) => [name, { ...t, data: t.data.map((w) => w / 8) }] as const);
    const model = { ...seeded, weights: new Map(weights) };
    const inputs = [{ shape: [2, ...shape], data: numbers(2 * size(shape), 5) }];
    const wanted = await tensorflowAnswers(model, inputs);
    const answers = wanted.map((tensor) => ({ shape: tensor.shape, data: Array.from(tensor.data) }));
    expect(answers[0]?.data.every((answer) => answer !== 0 && answer !== 1)).toBe(true);
    expect(farthest(answers, await evaluate(model, inputs))).toBeLessThanOrEqual(1e-5);
  });
});
