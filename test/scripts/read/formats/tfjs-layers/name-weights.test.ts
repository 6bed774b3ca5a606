import { describe, expect, it } from 'vitest';
import { planConfig } from '../../../../../scripts/read/config/planned-config.ts';
import { nameWeights } from '../../../../../scripts/read/formats/tfjs-layers/name-weights.ts';
import { readTfjsLayers } from '../../../../../scripts/read/formats/tfjs-layers/reader.ts';
import { core, layers, onCpu } from '../../../../tensorflow-js/tensorflow.ts';
import { memorySource } from '../../memory-source.ts';
import { savedFiles } from './tfjs-files.ts';

const { lstm, gru, simpleRNN, bidirectional, timeDistributed, dense, embedding, separableConv2d } = layers.layers;

/** Names written by hand; every weight is a scalar list that tells it from the others. */
function weight(name: string, shape: number[], value: number) {
  const count = shape.reduce((n, axis) => n * axis, 1);
  return { name, shape, datatype: 'float32' as const, data: new Float32Array(count).fill(value) };
}

const recurrent = (name: string, class_name: string, config: object) => ({
  class_name: 'Sequential',
  config: { name: 'm', layers: [{ class_name, config: { name, batch_input_shape: [null, 4, 2], ...config } }] },
});
const LSTM = { units: 1, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true };

describe('nameWeights', () => {
  it.each(['lstm/lstm_cell', 'lstm', 'lstm/lstm_cell_7', 'model/lstm/lstm_cell'])(
    'finds an LSTM’s weights below %s',
    (below) => {
      const named = nameWeights(planConfig(recurrent('lstm', 'LSTM', LSTM)), [
        weight(`${below}/bias:0`, [4], 3),
        weight(`${below}/kernel:0`, [2, 4], 1),
        weight(`${below}/recurrent_kernel:0`, [1, 4], 2),
      ]);
      const values = Object.fromEntries([...named].map(([name, { data }]) => [name, data[0]]));
      expect(values).toEqual({ 'lstm/cell/kernel': 1, 'lstm/cell/recurrent_kernel': 2, 'lstm/cell/bias': 3 });
    },
  );

  it('tells the directions of a Bidirectional apart', () => {
    const config = recurrent('both', 'Bidirectional', {
      merge_mode: 'concat',
      layer: { class_name: 'LSTM', config: { name: 'lstm', ...LSTM } },
    });
    const weights = ['backward', 'forward'].flatMap((direction, i) => [
      weight(`both/${direction}_lstm/lstm_cell/kernel`, [2, 4], i + 1),
      weight(`both/${direction}_lstm/lstm_cell/recurrent_kernel`, [1, 4], i + 3),
      weight(`both/${direction}_lstm/lstm_cell/bias`, [4], i + 5),
    ]);
    const named = nameWeights(planConfig(config), weights);
    expect(named.get('both/forward_layer/cell/kernel')?.data[0]).toBe(2);
    expect(named.get('both/backward_layer/cell/bias')?.data[0]).toBe(5);
  });

  it('takes a nested model’s layer by as much of its path as is written', () => {
    const inner = (name: string) => ({
      class_name: 'Sequential',
      config: {
        name,
        layers: [
          { class_name: 'Dense', config: { name: 'dense', units: 1, use_bias: false, batch_input_shape: [null, 1] } },
        ],
      },
    });
    const config = { class_name: 'Sequential', config: { name: 'm', layers: [inner('a'), inner('b')] } };
    const named = nameWeights(planConfig(config), [
      weight('b/dense/kernel', [1, 1], 2),
      weight('a/dense/kernel', [1, 1], 1),
    ]);
    expect([named.get('a/dense/kernel')?.data[0], named.get('b/dense/kernel')?.data[0]]).toEqual([1, 2]);
    const twice = [weight('dense/kernel', [1, 1], 1), weight('dense/kernel', [1, 1], 2)];
    expect(() => nameWeights(planConfig(config), twice)).toThrow('dense/kernel');
  });

  it('finds every weight that TensorFlow.js saves, under its own names', async () => {
    await onCpu(async () => {
      const recurrentLayers = [
        lstm({ units: 3, returnSequences: true, inputShape: [5, 2], recurrentInitializer: 'zeros' }),
        gru({ units: 3, returnSequences: true, recurrentInitializer: 'zeros' }),
        simpleRNN({ units: 2, returnSequences: true, recurrentInitializer: 'zeros' }),
        timeDistributed({ layer: dense({ units: 2 }) }),
        bidirectional({ layer: lstm({ units: 2, recurrentInitializer: 'zeros' }) as never, mergeMode: 'concat' }),
      ];
      const models = [
        layers.sequential({ layers: recurrentLayers }),
        layers.sequential({ layers: [embedding({ inputDim: 7, outputDim: 3, inputLength: 4 })] }),
        layers.sequential({ layers: [separableConv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 3] })] }),
      ];
      for (const model of models) {
        // Values that no two weights share.
        const marked = model.getWeights().map((w, i) => core.fill(w.shape, i + 1));
        model.setWeights(marked);
        const { model: read } = await readTfjsLayers(memorySource(await savedFiles(model)));
        const values = [...read.weights.values()].map(({ data }) => data[0]);
        expect(values.toSorted((a, b) => (a as number) - (b as number))).toEqual(marked.map((_, i) => i + 1));
        for (const [name, { shape }] of read.weights) expect(`${name} ${shape}`).toMatch(/\d$/);
      }
    });
  });
});
