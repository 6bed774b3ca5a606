import { describe, expect, it } from 'vitest';
import { asWritten } from '../../../scripts/keras/written-by.ts';

const dense = { class_name: 'Dense', config: { name: 'd', activation: 'hard_sigmoid' } };
const model = (...layers: object[]) => ({ class_name: 'Sequential', config: { layers } });

describe('which Keras wrote a config', () => {
  it.each([
    ['1.2.2', 'keras-2'],
    ['2.15.0', 'keras-2'],
    ['3.0.5', 'keras-3.0'],
    ['3.3.3', 'keras-3.0'],
    ['3.4.0', 'keras-3.4'],
    ['3.15.1', 'keras-3.4'],
    ['4.0', 'keras-3.4'],
  ])('is told by its version: %s', (version, writer) => {
    expect(asWritten(model({ ...dense, module: 'keras.layers' }), version).writer).toBe(writer);
  });

  it.each([
    ['a call in the form of Keras 2', { ...dense, inbound_nodes: [[['x', 0, 0, {}]]] }, 'keras-2'],
    ['a call in the form of Keras 3', { ...dense, inbound_nodes: [{ args: [], kwargs: {} }] }, 'keras-3.4'],
    // Keras 2.13 to 2.15 write modules too.
    [
      'the shape of an input, as Keras 2 calls it',
      { class_name: 'InputLayer', module: 'keras.layers', config: { name: 'i', batch_input_shape: [null, 3] } },
      'keras-2',
    ],
    [
      'the shape of an input, as Keras 3 calls it',
      { class_name: 'InputLayer', config: { name: 'i', batch_shape: [null, 3] } },
      'keras-3.4',
    ],
    ['no module', dense, 'keras-2'],
    ['a module', { ...dense, module: 'keras.layers' }, 'keras-3.4'],
  ])('is told by its form without one: %s', (_, layer, writer) => {
    expect(asWritten(model(layer), undefined).writer).toBe(writer);
  });

  it('leaves the hard_sigmoid of Keras 3 alone, and names the other', () => {
    expect(asWritten(model(dense), '3.1.0').config).toEqual(model(dense).config);
    expect(JSON.stringify(asWritten(model(dense), '2.9.0'))).toContain('hard_sigmoid_keras2');
  });
});
