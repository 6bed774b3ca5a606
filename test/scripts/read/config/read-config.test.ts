import { describe, expect, it } from 'vitest';
import { readConfig, readJsonConfig } from '../../../../scripts/read/config/read-config.ts';

const dense = (extra: object = {}, config: object = {}) => ({
  class_name: 'Dense',
  config: { name: 'd', units: 1, ...config },
  ...extra,
});
const model = (...layers: readonly object[]) => ({ class_name: 'Sequential', config: { name: 'm', layers } });
const refusal = (code: string, ...words: readonly string[]) =>
  expect.objectContaining({ name: 'ImportError', code, message: expect.stringContaining(words.join('')) });

describe('a config from outside', () => {
  it('is read from JSON, with the class names of today', () => {
    const old = model(
      { class_name: 'Convolution2D', config: { name: 'c' } },
      { class_name: 'AvgPool2D', config: { name: 'p' } },
    );
    const { config } = readJsonConfig(JSON.stringify(old), 'config.json');
    const layers = config.layers as { class_name: string }[];
    expect(layers.map(({ class_name }) => class_name)).toEqual(['Conv2D', 'AveragePooling2D']);
  });

  it.each([
    [null, 'file-damaged'],
    [[], 'file-damaged'],
    [{ class_name: 'Sequential' }, 'file-damaged'],
    [{ class_name: 'Sequential', config: { layers: 'none' } }, 'file-damaged'],
    [{ class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: {} }] } }, 'file-damaged'],
    [{ class_name: 'MyModel', config: { name: 'mine' } }, 'custom-object'],
    [{ ...model(dense()), module: 'my_package.models' }, 'custom-object'],
    [model(dense({ class_name: 'Lambda' })), 'custom-object'],
    [model(dense({ class_name: 'Attend' })), 'custom-object'],
    [model(dense({ class_name: 'Mine>Dense' })), 'custom-object'],
    [model(dense({ registered_name: 'Mine>Dense' })), 'custom-object'],
    [model(dense({ module: 'my_package.layers' })), 'custom-object'],
    [model(dense({ class_name: 'HashedCrossing' })), 'unsupported-layer'],
  ])('%j is refused: %s', (json, code) => {
    expect(() => readConfig(json, 'config.json')).toThrow(refusal(code));
  });

  it.each(['StringLookup', 'TextVectorization', 'Hashing'])(
    'is refused with what to do instead of %s',
    (class_name) => {
      expect(() => readConfig(model(dense({ class_name })), 'config.json')).toThrow(
        refusal('unsupported-layer', 'do that before, and import keras.Model(layer.output, model.output)'),
      );
    },
  );

  it('is read where modules are those of Keras', () => {
    for (const module of ['keras.layers', 'keras.src.layers.core.dense', 'tf_keras.layers', null]) {
      expect(readConfig(model(dense({ module, registered_name: null })), 'config.json').class_name).toBe('Sequential');
    }
  });

  const own = { module: null, class_name: 'LSTMCell', config: { name: 'c' }, registered_name: 'LSTMCell' };
  const rectifier = { module: 'mine', class_name: 'LeakyReLU', config: { name: 'r' }, registered_name: 'LeakyReLU' };
  const ofScript = { module: null, registered_name: 'Dense' };
  it.each([
    ['a layer', model(dense(ofScript)), 'd'],
    ['a cell', model({ class_name: 'RNN', config: { name: 'rnn', cell: own } }), 'rnn/c'],
    ['one of several cells', model({ class_name: 'RNN', config: { name: 'rnn', cell: [own] } }), 'rnn/c'],
    ['an activation', model(dense({}, { activation: rectifier })), 'd/r'],
    ['a model', model({ ...model(dense()), module: null, registered_name: 'Sequential' }), 'm'],
    ['a layer of a model', model(model(dense(ofScript))), 'm/d'],
    [
      'a layer of a model that a wrapper holds',
      model({ class_name: 'TimeDistributed', config: { name: 't', layer: model(dense(ofScript)) } }),
      't/m/d',
    ],
  ])('is refused where %s is of a class of a script that has the name of one of Keras', (_, json, path) => {
    expect(() => readConfig(json, 'config.json')).toThrow(refusal('custom-object', '1 of the model'));
    expect(() => readConfig(json, 'config.json')).toThrow(`"${path}"`);
  });

  it('is read whatever class training alone needs', () => {
    const initializer = { module: null, class_name: 'Mine', config: {}, registered_name: 'Mine' };
    expect(readConfig(model(dense({}, { kernel_initializer: initializer })), 'config.json')).toBeDefined();
  });

  const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } };
  const called = (class_name: string, args: readonly unknown[], config: object = {}, kwargs: object = {}) =>
    model({ class_name, config: { name: 'o', ...config }, inbound_nodes: [{ args, kwargs }] });
  it.each([
    ['1 - x, which would be x', called('Subtract', [1, tensor])],
    ['a factor', called('Multiply', [tensor, 2])],
    ['a number by name', called('Maximum', [tensor], {}, { x2: 0.5 })],
    ['a mean along an axis, which would be x', called('Average', [tensor], { axis: 1 })],
    ['an operator that no layer is called as', called('Relu', [tensor])],
  ])('is refused where Keras 3 wrote an operator without its module: %s', (_, json) => {
    expect(() => readConfig(json, 'model.h5')).toThrow(refusal('unsupported-layer', ', layer 1): an operator'));
    expect(() => readConfig(json, 'model.h5')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('save the model as .keras') }),
    );
  });

  it.each([
    ['a sum of two tensors', called('Add', [tensor, tensor])],
    ['tensors joined', called('Concatenate', [[tensor, tensor]], { axis: 1 })],
    ['a layer', called('Average', [[tensor, tensor]], { trainable: true, dtype: 'float32' })],
  ])('is read where an operator does what the layer of its name does, and where it is one: %s', (_, json) => {
    expect(readConfig(json, 'model.h5')).toBeDefined();
  });

  it('is refused by the name of the layer where an activation is a lambda', () => {
    const json = model(dense({}, { activation: { value: ['4wEAAAA=', null, null] } }));
    expect(() => readConfig(json, 'config.json')).toThrow(
      refusal('custom-object', '1 of the model\'s layers cannot be imported:\n  "d" (lambda, layer 1): a Lambda runs'),
    );
  });

  it('is refused once, with all layers that cannot be known, also within others', () => {
    const wrapped = {
      class_name: 'TimeDistributed',
      config: { name: 't', layer: { class_name: 'Mine', config: { name: 'inner' } } },
    };
    const json = model(dense(), { class_name: 'Lambda', config: { name: 'l' } }, wrapped);
    expect(() => readConfig(json, 'config.json')).toThrow(refusal('custom-object', '2 of the model'));
    expect(() => readConfig(json, 'config.json')).toThrow('"l" (Lambda, layer 2)');
    expect(() => readConfig(json, 'config.json')).toThrow('"t/inner" (Mine, layer 3)');
  });
});
