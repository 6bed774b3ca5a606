import { describe, expect, it } from 'vitest';
import { MAX_TENSORFLOW, referenceAnswers } from '../../../scripts/reference/answers.ts';
import { tensorflowIsRight } from '../../../scripts/reference/tfjs/trust.ts';
import { layerModel, numbers, sequentialModel, withSeededWeights } from '../convert/harness.ts';

const dense = withSeededWeights(sequentialModel([3], [['Dense', { units: 2, activation: 'softmax' }]]), 1);
const input = { shape: [2, 3], data: numbers(6, 2) };

describe('referenceAnswers', () => {
  it('asks TensorFlow.js where it is right, the plain evaluator for large models; both answer alike', async () => {
    const small = await referenceAnswers(dense, [input], 6);
    const large = await referenceAnswers(dense, [input], MAX_TENSORFLOW + 1);
    expect(small.against).toMatch(/^TensorFlow\.js layers 4\./);
    expect(large.against).toBe("Freezeframe's plain evaluator");
    const distance = Math.max(
      ...Array.from(small.answers[0]?.data ?? [], (x, i) => Math.abs(x - (large.answers[0]?.data[i] ?? Number.NaN))),
    );
    expect(distance).toBeLessThan(1e-6);
  });

  it('asks the plain evaluator where TensorFlow.js gives up on a layer that it has', async () => {
    const config = { filters: 4, kernel_size: 3, groups: 2, data_format: 'channels_first' };
    const groups = withSeededWeights(layerModel('Conv2D', config, [[4, 8, 8]]), 1);
    expect(tensorflowIsRight(groups.config)).toBe(true);
    const { against, answers } = await referenceAnswers(groups, [{ shape: [1, 4, 8, 8], data: numbers(256, 3) }], 1);
    expect(against).toBe("Freezeframe's plain evaluator");
    expect(answers[0]?.shape).toEqual([1, 4, 6, 6]);
  });

  it('never passes over a layer that nobody knows', async () => {
    const unknown = { config: layerModel('Doubler', {}, [[3]]), weights: new Map() };
    await expect(referenceAnswers(unknown, [input], 1)).rejects.toMatchObject({
      code: 'reference-unsupported',
      message: expect.stringContaining('Doubler'),
    });
  });
});

describe('tensorflowIsRight', () => {
  const config = (layers: readonly Record<string, unknown>[]) => ({
    class_name: 'Functional',
    config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['f', 0, 0]] },
  });
  const add = (extra: Record<string, unknown>, node: unknown = [[['x', 0, 0, {}]]]) =>
    config([{ class_name: 'Add', name: 'f', config: { name: 'f' }, inbound_nodes: node, ...extra }]);

  it('is so for the layers that tests compare, however deep', () => {
    expect(tensorflowIsRight(dense.config)).toBe(true);
    expect(tensorflowIsRight(add({}))).toBe(true);
    const nested = config([{ ...dense.config, name: 'f', inbound_nodes: [[['x', 0, 0, {}]]] }]);
    expect(tensorflowIsRight(nested)).toBe(true);
  });

  it.each([
    ['a layer that it answers wrongly', layerModel('Conv2DTranspose', {}, [[4, 4, 1]])],
    ['an option that it answers wrongly', layerModel('Softmax', { axis: [1, 2] }, [[4, 4, 1]])],
    ['an operator with the name of a layer', add({ module: 'keras.src.ops.numpy' })],
    ["somebody's own layer with the name of Keras's", add({ module: 'package.layers' })],
    ['a tensor among the keywords', add({}, [[['x', 0, 0, { mask: ['x', 0, 0] }]]])],
    ['a layer inside of a model', config([{ ...sequentialModel([3], [['LSTM', {}]]), name: 'f', inbound_nodes: [] }])],
  ])('is not so for %s', (_, model) => {
    expect(tensorflowIsRight(model)).toBe(false);
  });
});
