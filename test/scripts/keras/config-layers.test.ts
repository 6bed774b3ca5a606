import { describe, expect, it } from 'vitest';
import { configLayers } from '../../../scripts/keras/config-layers.ts';
import type { LayerConfig } from '../../../scripts/keras/model.ts';

const layer = (class_name: string, name: string, config: object = {}): LayerConfig => ({
  class_name,
  config: { name, ...config },
});
const sequential = (...layers: readonly LayerConfig[]) => ({ class_name: 'Sequential', config: { name: 'm', layers } });

describe('the layers of a config', () => {
  it('have paths by name and groups by class, models in models opened', () => {
    const inner = layer('Functional', 'inner', { layers: [layer('Conv2D', 'c'), layer('Conv2D', 'd')] });
    const found = configLayers(sequential(layer('Dense', 'a'), inner, layer('Dense', 'b'), layer('PReLU', 'p')));
    expect(found.map(({ path, group }) => [path, group])).toEqual([
      ['a', 'layers/dense'],
      ['inner/c', 'layers/functional/layers/conv2d'],
      ['inner/d', 'layers/functional/layers/conv2d_1'],
      ['b', 'layers/dense_1'],
      ['p', 'layers/p_re_lu'],
    ]);
  });

  it('are refused where two have one name, or a name moves the cursor', () => {
    expect(() => configLayers(sequential(layer('Dense', 'a'), layer('Dense', 'a')))).toThrow(
      expect.objectContaining({ code: 'file-damaged' }),
    );
    expect(() => configLayers(sequential(layer('Dense', 'a\u001b[2J')))).toThrow(
      expect.objectContaining({ code: 'file-hostile' }),
    );
  });

  it('are refused where they are more or deeper than any model', () => {
    const many = Array.from({ length: 20_001 }, (_, i) => layer('Dense', `${i}`));
    expect(() => configLayers(sequential(...many))).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
    let deep = layer('Dense', 'd');
    for (let i = 0; i < 40; i++) deep = layer('Sequential', 's', { layers: [deep] });
    expect(() => configLayers(sequential(deep))).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  it('are called as Keras calls their groups', () => {
    const names = ['Conv2D', 'Conv2DTranspose', 'BatchNormalization', 'LSTM', 'ReLU', 'TimeDistributed', 'TFOpLambda'];
    const found = configLayers(sequential(...names.map((className) => layer(className, className))));
    expect(found.map(({ group }) => group.slice('layers/'.length))).toEqual([
      'conv2d',
      'conv2d_transpose',
      'batch_normalization',
      'lstm',
      're_lu',
      'time_distributed',
      'tf_op_lambda',
    ]);
  });
});
