import { describe, expect, it } from 'vitest';
import { layerModel, numbers, sequentialModel, withSeededWeights } from '../scripts/convert/harness.ts';
import { tensorflowConfig } from './config.ts';
import { tensorflowAnswers } from './layers.ts';
import { core, onCpu } from './tensorflow.ts';

describe('tensorflowConfig', () => {
  it("puts Keras 3's spellings into the old ones and leaves out what only training reads", () => {
    const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };
    const config = {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 4], dtype } },
          {
            class_name: 'Dense',
            config: {
              name: 'd',
              units: 2,
              dtype,
              activation: { module: 'builtins', class_name: 'function', config: 'silu' },
              kernel_initializer: { module: 'keras.initializers', class_name: 'GlorotUniform', config: {} },
              kernel_regularizer: { class_name: 'L2', config: { l2: 0.1 } },
            },
          },
        ],
      },
    };
    const [input, dense] = tensorflowConfig(config).config.layers as { config: Record<string, unknown> }[];
    expect(input?.config).toMatchObject({ batch_input_shape: [null, 4], dtype: 'float32' });
    expect(dense?.config).toEqual({
      name: 'd',
      units: 2,
      activation: 'swish',
      kernel_initializer: { class_name: 'Zeros', config: {} },
    });
  });
});

describe('tensorflowAnswers', () => {
  const model = withSeededWeights(sequentialModel([3], [['Dense', { units: 2, activation: 'softmax' }]]), 1);
  const input = { shape: [4, 3], data: numbers(12, 1) };

  it('leaves no tensor behind', async () => {
    const before = core.memory().numTensors;
    await tensorflowAnswers(model, [input]);
    expect(core.memory().numTensors).toBe(before);
  });

  it('works on the cpu engine alone', async () => {
    expect(await onCpu(async () => core.getBackend())).toBe('cpu');
  });

  it('says what TensorFlow.js lacks', async () => {
    const config = { filters: 4, kernel_size: 3, groups: 2, data_format: 'channels_first' };
    const groups = withSeededWeights(layerModel('Conv2D', config, [[4, 8, 8]]), 1);
    await expect(tensorflowAnswers(groups, [])).rejects.toMatchObject({ code: 'reference-unsupported' });
  });

  it('names a weight that is missing', async () => {
    await expect(tensorflowAnswers({ ...model, weights: new Map() }, [input])).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining('dense_0/kernel'),
    });
  });
});
