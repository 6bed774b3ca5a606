import { describe, expect, it } from 'vitest';
import { planFreeze } from '../../../scripts/convert/plan/plan.ts';
import type { KerasModel, LayerConfig } from '../../../scripts/keras/model.ts';

type Layer = LayerConfig & { inbound_nodes?: unknown };

const input = (shape: (number | null)[], name = 'in'): Layer => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_input_shape: [null, ...shape] },
  inbound_nodes: [],
});
const layer = (class_name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
});
const row = (shape: number[], ...layers: Layer[]) =>
  ({ class_name: 'Sequential', config: { name: 'row', layers: [input(shape), ...layers] } }) as Layer;
const graph = (layers: Layer[], output: unknown[]) =>
  ({
    class_name: 'Functional',
    config: { name: 'graph', layers, input_layers: [['in', 0, 0]], output_layers: [output] },
  }) as Layer;
const called = (one: Layer, name: string, inbound_nodes: unknown): Layer => ({
  ...one,
  name,
  config: { ...one.config, name },
  inbound_nodes,
});

/** Models of which each calls the one inside twice. */
function doubling(depth: number, core: Layer): Layer {
  let inner = core;
  for (let level = 0; level < depth; level++) {
    const twice = called(inner, 'inner', [[['in', 0, 0, {}]], [['inner', 0, 0, {}]]]);
    inner = graph([input([4]), twice], ['inner', 1, 0]);
  }
  return inner;
}

function nested(depth: number, wrapper: string, core: Layer): Layer {
  let inner = core;
  for (let level = 0; level < depth; level++) inner = layer(wrapper, { layer: inner });
  return inner;
}

const rnn = layer('SimpleRNN', { units: 2, return_sequences: true });
const wide = (className: string, count: number) =>
  graph(
    [input([4]), called(layer(className), 'wide', [Array.from({ length: count }, () => ['in', 0, 0, {}])])],
    ['wide', 0, 0],
  );

describe('configs made to exhaust', () => {
  it.each([
    ['2^30 calls of one layer', doubling(30, layer('ReLU'))],
    ['2^30 calls of a model without layers', doubling(30, graph([input([4])], ['in', 0, 0]))],
    ['a million tensors joined', wide('Concatenate', 1e6)],
    ['a million tensors added', wide('Add', 1e6)],
    ['a hundred thousand layers', row([4], ...Array.from({ length: 1e5 }, () => layer('ReLU')))],
    ['wrappers within wrappers', row(Array(70).fill(1), nested(60, 'TimeDistributed', layer('ReLU')))],
    ['layers that double in each wrapper', row([4, 4], nested(40, 'Bidirectional', rnn))],
  ])('%s: at once', (_, model) => {
    // Of processor time: what else the machine does is not counted.
    const start = process.cpuUsage();
    expect(() => planFreeze({ config: model, weights: new Map() } as unknown as KerasModel)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(5_000);
  });

  it.each(['input_layers', 'output_layers'])('a model without %s', (key) => {
    const model = graph([input([4])], ['in', 0, 0]);
    const config = { ...model, config: { ...model.config, [key]: [] } };
    expect(() => planFreeze({ config, weights: new Map() } as unknown as KerasModel)).toThrow(
      expect.objectContaining({ code: 'bad-topology' }),
    );
  });

  it('wrappers as deep as anybody needs', () => {
    const model = row([1, 1, 1, 1], nested(3, 'TimeDistributed', layer('ReLU')));
    expect(planFreeze({ config: model, weights: new Map() } as unknown as KerasModel).nodes).toHaveLength(1);
  });

  it.each([
    ['cropped to nothing', row([8, 8, 1], layer('Cropping2D', { cropping: [4, 4] }))],
    ['cropped beyond it', row([8, 8, 1], layer('Cropping2D', { cropping: [400, 4] }))],
    ['pooled by more than there is', row([8, 8, 1], layer('MaxPooling2D', { pool_size: 100, strides: 1 }))],
  ])('a picture %s', (_, model) => {
    expect(() => planFreeze({ config: model, weights: new Map() } as unknown as KerasModel)).toThrow(
      expect.objectContaining({ code: 'bad-topology' }),
    );
  });
});
