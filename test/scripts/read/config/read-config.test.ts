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
