import { describe, expect, it } from 'vitest';
import { declaredInputs, evaluate } from '../../../../scripts/reference/evaluator/index.ts';
import { layerModel, numbers, sequentialModel, withSeededWeights } from '../../convert/harness.ts';

const model = withSeededWeights(sequentialModel([3], [['Dense', { units: 2, activation: 'softmax' }]]), 1);

describe('evaluate', () => {
  it('answers any number of samples, in batches, and tells how many are done', async () => {
    const data = numbers(70 * 3, 2);
    const done: number[] = [];
    const [all] = await evaluate(model, [{ shape: [70, 3], data }], (n) => done.push(n));
    const [last] = await evaluate(model, [{ shape: [1, 3], data: data.slice(69 * 3) }]);
    expect(all?.shape).toEqual([70, 2]);
    expect(all?.data.slice(-2)).toEqual(last?.data);
    expect(done).toEqual([32, 64, 70]);
  });

  it('never passes over a layer that it does not know', async () => {
    const unknown = { config: layerModel('Doubler', {}, [[3]]), weights: new Map() };
    const input = { shape: [2, 3], data: numbers(6, 2) };
    await expect(evaluate(unknown, [input])).rejects.toMatchObject({
      code: 'reference-unsupported',
      message: expect.stringContaining('Doubler'),
    });
  });
});

describe('declaredInputs', () => {
  it('reads names and datatypes from the config itself', () => {
    expect(declaredInputs(model.config)).toEqual([{ name: 'in_0', datatype: 'float32' }]);
    const two = layerModel('Add', {}, [[3], [3]]);
    expect(declaredInputs(two).map(({ name }) => name)).toEqual(['in_0', 'in_1']);
  });

  it('names the input of a Sequential model without one as Keras does', () => {
    const layers = [{ class_name: 'Embedding', config: { name: 'words', dtype: 'int32' } }];
    const config = { class_name: 'Sequential', config: { name: 'm', layers } };
    expect(declaredInputs(config)).toEqual([{ name: 'words_input', datatype: 'int32' }]);
  });
});
