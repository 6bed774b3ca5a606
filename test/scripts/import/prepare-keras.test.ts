import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { planFreeze, planLayers } from '../../../scripts/convert/plan/plan.ts';
import { kerasFacts } from '../../../scripts/import/facts/keras-facts.ts';
import { prepareKeras } from '../../../scripts/import/prepare-keras.ts';
import type { ModelChoices } from '../../../scripts/import/prepared.ts';
import type { Tensor } from '../../../scripts/keras/model.ts';
import type { ImportedKerasModel } from '../../../scripts/read/format-reader.ts';
import { readModel } from '../../../scripts/read/read-model.ts';

const MODEL = fileURLToPath(new URL('../../fixtures/keras/trained-with-adam.k3.keras', import.meta.url));

let imported: ImportedKerasModel;
beforeAll(async () => {
  imported = (await readModel(MODEL)).imported as ImportedKerasModel;
});

const prepare = (model: ImportedKerasModel, choices: Partial<ModelChoices> = {}) =>
  prepareKeras(model, { pictures: {}, allowNonfinite: false, ...choices });

function withFirst(value: number): ImportedKerasModel {
  const weights = new Map<string, Tensor>(imported.model.weights);
  const [[name, { shape, data }]] = [...weights] as [[string, Tensor]];
  weights.set(name, { shape, data: Float32Array.from(data).fill(value, 0, 1) });
  return { ...imported, model: { ...imported.model, weights } };
}

/** Functions of `keras.ops`, one after the other, on one input. */
function functional(shape: number[], ...calls: { class_name: string; constants: unknown[] }[]): ImportedKerasModel {
  const batch_shape = [null, ...shape];
  const input = { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape }, inbound_nodes: [] };
  const operators = calls.map(({ class_name, constants }, i) => {
    const history = [i === 0 ? 'x' : `op_${i - 1}`, 0, 0];
    const tensor = { class_name: '__keras_tensor__', config: { shape: batch_shape, keras_history: history } };
    const inbound_nodes = [{ args: [tensor, ...constants], kwargs: {} }];
    return { class_name, module: 'keras.src.ops.numpy', name: `op_${i}`, config: { name: `op_${i}` }, inbound_nodes };
  });
  const layers = [input, ...operators];
  const output_layers = [[`op_${calls.length - 1}`, 0, 0]];
  const config = { name: 'model', layers, input_layers: [['x', 0, 0]], output_layers };
  const model = { config: { class_name: 'Functional', config }, weights: new Map<string, Tensor>() };
  return { kind: 'keras', format: 'keras-3', notes: [], model, plan: planLayers(model.config) };
}

/** A model of the given layers, without weights. */
function sequential(shape: (number | null)[], ...layers: { class_name: string; config: object }[]): ImportedKerasModel {
  const input = { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, ...shape], dtype: 'float32' } };
  const named = layers.map(({ class_name, config }, i) => ({ class_name, config: { name: `layer_${i}`, ...config } }));
  const config = { name: 'model', layers: [input, ...named] };
  const model = { config: { class_name: 'Sequential', config }, weights: new Map<string, Tensor>() };
  return { kind: 'keras', format: 'keras-3', notes: [], model, plan: planLayers(model.config) };
}

/** The average of two models of pictures that end in softmax each. */
function ensemble(): ImportedKerasModel {
  const keras_history = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } });
  const layer = (class_name: string, name: string, from: string[], config: object = {}) => {
    const tensors = from.map(keras_history);
    const args = [tensors.length === 1 ? tensors[0] : tensors];
    const inbound_nodes = from.length === 0 ? [] : [{ args, kwargs: {} }];
    return { class_name, name, config: { name, ...config }, inbound_nodes };
  };
  const layers = [
    layer('InputLayer', 'x', [], { batch_shape: [null, 8, 8, 3] }),
    layer('GlobalAveragePooling2D', 'mean', ['x']),
    layer('GlobalMaxPooling2D', 'most', ['x']),
    layer('Softmax', 'one', ['mean']),
    layer('Softmax', 'other', ['most']),
    layer('Average', 'both', ['one', 'other']),
  ];
  const config = { name: 'model', layers, input_layers: [['x', 0, 0]], output_layers: [['both', 0, 0]] };
  const model = { config: { class_name: 'Functional', config }, weights: new Map<string, Tensor>() };
  return { kind: 'keras', format: 'keras-3', notes: [], model, plan: planLayers(model.config) };
}

describe('prepareKeras', () => {
  it('takes the average of probabilities for probabilities', async () => {
    const { manifest, notes } = await prepare(ensemble());
    expect(manifest.output).toMatchObject({ kind: 'classification', activation: 'softmax' });
    expect(notes.join(' ')).toContain('they are probabilities already');
  });

  it('verifies in batches of 1 and 3 against something that is not the converter', async () => {
    const { verification } = await prepare(imported);
    expect(verification).toMatchObject({ batches: [1, 3], samples: 3 });
    expect(verification.maxDifference).toBeLessThan(1e-5);
    expect(verification.against).not.toBe('');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s among the weights, by name, unless it is allowed',
    async (value) => {
      const broken = withFirst(value);
      const [name] = [...broken.model.weights.keys()];
      await expect(prepare(broken)).rejects.toMatchObject({ code: 'nonfinite-weights', details: { weights: [name] } });
      const { notes } = await prepare(broken, { allowNonfinite: true });
      expect(notes.join(' ')).toContain('zeros in their place');
    },
  );

  it('refuses a layer that would fill the memory', async () => {
    const huge = sequential([64, 64, 3], {
      class_name: 'UpSampling2D',
      config: { size: [1024, 1024], data_format: 'channels_last', interpolation: 'nearest' },
    });
    await expect(prepare(huge)).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('more than'),
    });
  });
});

describe('a model that takes whole numbers', () => {
  const layers = [
    { class_name: 'Rescaling', config: { scale: 1 / 255, offset: 0 } },
    { class_name: 'Flatten', config: { data_format: 'channels_last' } },
    { class_name: 'Softmax', config: {} },
  ];
  const typed = (dtype: string) => {
    const imported = sequential([8, 8, 3], ...layers);
    const config = JSON.parse(JSON.stringify(imported.model.config).replace('"float32"', JSON.stringify(dtype)));
    return { ...imported, model: { ...imported.model, config }, plan: planLayers(config) };
  };

  it.each(['uint8', 'int32'])('of %s is given a picture as it is', async (dtype) => {
    const { manifest, notes, verification } = await prepare(typed(dtype));
    expect(manifest.input).toMatchObject({ kind: 'picture', height: 8, channels: 3 });
    expect(notes.join(' ')).toContain(`0..255 as they are: its input is ${dtype}`);
    expect(verification.maxDifference).toBeLessThan(1e-6);
  });

  it('is given no fractions', async () => {
    await expect(prepare(typed('uint8'), { pictures: { preprocess: 'tf' } })).rejects.toMatchObject({
      code: 'freeze-mismatch',
      message: expect.stringContaining('a model that takes uint8'),
    });
  });
});

describe('kerasFacts', () => {
  const facts = ({ model }: ImportedKerasModel) => kerasFacts(planFreeze(model));

  it.each([
    [1 / 255, -1, 'bytes'],
    [1, -127.5, 'bytes'],
    [2, -1, 'unit'],
    [1, -0.5, 'unit'],
    [-1, 255, 'bytes'],
  ])('knows what a Rescaling by %d and %d wants', (scale, offset, takes) => {
    const model = sequential([32, 32, 3], { class_name: 'Rescaling', config: { scale, offset } });
    expect(facts(model).own).toMatchObject({ takes, reason: expect.stringContaining('Rescaling') });
  });

  it.each([
    [1, 0],
    [0.5, 0.5],
    [1, 1],
  ])('leaves open what a Rescaling by %d and %d wants, which tells nothing', (scale, offset) => {
    const model = sequential([32, 32, 3], { class_name: 'Rescaling', config: { scale, offset } });
    expect(facts(model).own).toBeUndefined();
  });

  it.each([
    [[123.7, 116.8, 103.9], {}, 'bytes'],
    [[0.48, 0.46, 0.41], {}, 'unit'],
    // Of pictures in -1..1.
    [[-0.03, -0.09, -0.19], {}, undefined],
    [[0.12, 0.02, -0.1], {}, undefined],
    [[0.48, 0.46, 0.41], { invert: true }, undefined],
  ])('knows what a Normalization with the means %j and %j wants', (mean, more, takes) => {
    const config = { axis: [-1], mean, variance: [0.05, 0.05, 0.05], ...more };
    expect(facts(sequential([32, 32, 3], { class_name: 'Normalization', config })).own?.takes).toBe(takes);
  });

  const call = (class_name: string, x2?: unknown) => ({ class_name, constants: x2 === undefined ? [] : [x2] });
  it.each([
    [[call('TrueDivide', 255)], 'bytes'],
    [[call('Multiply', 1 / 127.5), call('Subtract', 1)], 'bytes'],
    [[call('Multiply', 2), call('Subtract', 1)], 'unit'],
    [[call('Subtract', [123.68, 116.78, 103.94])], 'bytes'],
    [[call('Subtract', [0.485, 0.456, 0.406]), call('TrueDivide', 0.225)], 'unit'],
    [[call('Multiply', [0.299, 0.587, 0.114])], undefined],
    [[call('Flip'), call('Add', -0.5)], 'unit'],
    [[call('Flip')], undefined],
    [[call('Add', 1), call('TrueDivide', 2)], undefined],
  ])('knows what the operators %j want', (operators, takes) => {
    expect(facts(functional([32, 32, 3], ...operators)).own?.takes).toBe(takes);
  });

  it('sees a softmax behind layers that only change the shape', () => {
    const model = sequential(
      [10, 1],
      { class_name: 'Softmax', config: { axis: 1 } },
      { class_name: 'Flatten', config: { data_format: 'channels_last' } },
    );
    expect(facts(model).activation).toBe('softmax');
  });

  it('takes a hard sigmoid for a probability, whichever version of Keras wrote it', () => {
    for (const activation of ['sigmoid', 'hard_sigmoid', 'hard_sigmoid_keras2'])
      expect(facts(sequential([4], { class_name: 'Activation', config: { activation } })).activation).toBe('sigmoid');
  });

  it('takes 32 x 32 x 3 for a picture, and 6 x 6 x 3 or 32 x 32 x 5 for none', () => {
    const flatten = { class_name: 'Flatten', config: { data_format: 'channels_last' } };
    expect(facts(sequential([32, 32, 3], flatten)).picture).toEqual({ height: 32, width: 32, channels: 3 });
    for (const shape of [
      [6, 6, 3],
      [32, 32, 5],
    ])
      expect(facts(sequential(shape, flatten)).picture).toBeUndefined();
  });
});
