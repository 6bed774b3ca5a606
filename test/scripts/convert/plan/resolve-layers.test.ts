import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { resolveLayers } from '../../../../scripts/convert/plan/resolve-layers.ts';

function entry(path: string, class_name: string, config: Record<string, unknown> = {}) {
  return { path, layer: { class_name, config: { name: path, ...config } } };
}

function failure(layers: Parameters<typeof resolveLayers>[0]): FreezeframeError {
  try {
    resolveLayers(layers);
  } catch (error) {
    if (error instanceof FreezeframeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('resolveLayers', () => {
  it('finds definitions and reads options with their defaults', () => {
    const [dense] = resolveLayers([entry('dense', 'Dense', { units: 3 })]);
    expect(dense?.definition.className).toBe('Dense');
    expect(dense?.config).toMatchObject({ units: 3, use_bias: true, activation: { name: 'linear' } });
  });

  it('names all unknown layers at once, with class and position, and how to add one', () => {
    const error = failure([
      entry('a', 'Strange'),
      entry('dense', 'Dense', { units: 3 }),
      entry('inner/b', 'Custom>Odd'),
    ]);
    expect(error.code).toBe('unsupported-layer');
    expect(error.message).toContain('2 of 3 layers');
    expect(error.message).toContain('"a" (Strange, layer 1)');
    expect(error.message).toContain('"inner/b" (Custom>Odd, layer 3)');
    expect(error.details.unsupported).toMatchObject([{ layer: 'a' }, { layer: 'inner/b', position: 2 }]);
    expect(error.remedy).toContain('Conv2D');
    expect(error.remedy).toContain('scripts/convert/keras/layers/index.ts');
  });

  it('names the option that cannot be read', () => {
    const error = failure([
      entry('c', 'Conv2D', { filters: 2, kernel_size: [3, 3], padding: 'causal' }),
      entry('d', 'Dense', { units: 1, activation: 'mine' }),
    ]);
    expect(error.message).toContain('option padding');
    expect(error.message).toContain('mine');
  });

  it("does not take somebody's class for Keras's of the same name", () => {
    const custom = [
      { path: 'a', layer: { class_name: 'Attention', module: '__main__', config: { name: 'a' } } },
      { path: 'b', layer: { class_name: 'Dense', registered_name: 'Mine>Dense', config: { name: 'b', units: 1 } } },
      { path: 'c', layer: { class_name: 'Lambda', module: 'keras.layers', config: { name: 'c' } } },
    ];
    expect(failure(custom).details.unsupported).toMatchObject([{ layer: 'a' }, { layer: 'b' }, { layer: 'c' }]);
  });

  it('names layers inside wrappers, and cells', () => {
    const inner = { class_name: 'Strange', config: { name: 's' } };
    const error = failure([
      entry('t', 'TimeDistributed', { layer: inner }),
      entry('b', 'Bidirectional', { layer: { class_name: 'LSTM', config: { units: 0 } } }),
      entry('r', 'RNN', { cell: { class_name: 'OddCell', config: {} } }),
    ]);
    expect(error.message).toContain('"t/layer" (Strange, layer 1)');
    expect(error.message).toContain('"b/forward_layer" (LSTM, layer 2)');
    expect(error.message).toContain('OddCell');
    expect(error.message).toContain('3 of 3 layers');
  });

  it('refuses what changes an answer and is not known: arguments, states that stay', () => {
    const call = { args: [], kwargs: { training: true } };
    const error = failure([
      { ...entry('d', 'Dropout', { rate: 0.5 }), call },
      { ...entry('n', 'Dense', { units: 1 }), call: { args: [], kwargs: { strange: 3 } } },
      entry('l', 'LSTM', { units: 1, stateful: true }),
    ]);
    expect(error.message).toContain('training=True');
    expect(error.message).toContain('strange');
    expect(error.message).toContain('option stateful');
  });
});
