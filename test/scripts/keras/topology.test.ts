import { describe, expect, it } from 'vitest';
import { TensorArgument } from '../../../scripts/keras/inbound.ts';
import type { KerasModel, LayerConfig } from '../../../scripts/keras/model.ts';
import { readTopology } from '../../../scripts/keras/topology.ts';
import { compareWithReference, inputLayer, numbers, sequentialModel, withSeededWeights } from '../convert/harness.ts';

function dense(name: string, units: number, inbound_nodes?: unknown): LayerConfig {
  const layer = { class_name: 'Dense', name, config: { name, units, activation: 'tanh' } };
  return inbound_nodes === undefined ? layer : { ...layer, inbound_nodes };
}

function merge(class_name: string, name: string, ...from: readonly (readonly [string, number])[]): LayerConfig {
  const inbound_nodes = [from.map(([layer, call]) => [layer, call, 0, {}])];
  return { class_name, name, config: { name }, inbound_nodes };
}

function functional(layers: readonly LayerConfig[], inputs: readonly string[], outputs: unknown): KerasModel['config'] {
  const input_layers = inputs.map((name) => [name, 0, 0]);
  return { class_name: 'Functional', config: { name: 'model', layers, input_layers, output_layers: outputs } };
}

/** A tensor as Keras 3 writes it. */
function kerasTensor(layer: string, call = 0) {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null, 3], dtype: 'float32', keras_history: [layer, call, 0] },
  };
}

async function agrees(config: KerasModel['config'], widths: readonly number[]): Promise<void> {
  const inputs = widths.map((width, i) => ({ shape: [2, width], data: numbers(2 * width, 5 + i) }));
  const { difference, wanted } = await compareWithReference(withSeededWeights(config, 3), inputs);
  expect(difference).toBeLessThanOrEqual(2e-6);
  expect(wanted.some(({ data }) => data.some((value) => value !== 0))).toBe(true);
}

const SHARED = functional(
  [
    inputLayer('a', [3]),
    inputLayer('b', [3]),
    dense('shared', 3, [[['a', 0, 0, {}]], [['b', 0, 0, {}]]]),
    merge('Concatenate', 'joined', ['shared', 1], ['shared', 0]),
    dense('answer', 2, [[['joined', 0, 0, {}]]]),
  ],
  ['a', 'b'],
  [['answer', 0, 0]],
);

describe('readTopology', () => {
  it('reads Sequential with an input layer, and with the shape on the first layer', async () => {
    const config = sequentialModel([3], [['Dense', { units: 4 }]]);
    expect(readTopology(config)).toMatchObject({
      inputs: [{ name: 'in_0', shape: [null, 3], datatype: 'float32' }],
      nodes: [{ path: 'dense_0', inputs: ['in_0'] }],
    });
    const layers = [{ class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 3] } }];
    const old = readTopology({ class_name: 'Sequential', config: { name: 'model', layers } });
    expect(old.inputs).toMatchObject([{ name: 'd_input', shape: [null, 3] }]);
    await agrees(config, [3]);
  });

  it("reads Sequential without any shape but Keras 3's build_input_shape", async () => {
    const layers = [{ class_name: 'Dense', config: { name: 'd', units: 2 } }];
    const config = { class_name: 'Sequential', config: { name: 'm', layers, build_input_shape: [null, 5] } };
    expect(readTopology(config).inputs).toMatchObject([{ shape: [null, 5] }]);
    await agrees(config, [5]);
  });

  it('gives each call of a shared layer a tensor of its own and one path', async () => {
    const { nodes } = readTopology(SHARED);
    const calls = nodes.filter((node) => node.path === 'shared');
    expect(calls.map((call) => call.inputs)).toEqual([['a'], ['b']]);
    expect(new Set(calls.map((call) => call.output)).size).toBe(2);
    const joined = nodes.find((node) => node.path === 'joined');
    expect(joined?.inputs).toEqual([calls[1]?.output, calls[0]?.output]);
    await agrees(SHARED, [3, 3]);
  });

  it("reads Keras 3's calls, shapes and bare references", async () => {
    const start = { class_name: 'InputLayer', name: 'a', config: { name: 'a', batch_shape: [null, 3] } };
    const layers: LayerConfig[] = [
      start,
      dense('left', 3, [{ args: [kerasTensor('a')], kwargs: {} }]),
      dense('right', 3, [{ args: [kerasTensor('a')], kwargs: { training: false } }]),
      {
        class_name: 'Concatenate',
        name: 'joined',
        config: { name: 'joined', axis: -1 },
        inbound_nodes: [{ args: [[kerasTensor('right'), kerasTensor('left')]], kwargs: {} }],
      },
    ];
    const config: KerasModel['config'] = {
      class_name: 'Functional',
      config: { name: 'm', layers, input_layers: ['a', 0, 0], output_layers: ['joined', 0, 0] },
    };
    expect(readTopology(config).nodes.map(({ path }) => path)).toEqual(['left', 'right', 'joined']);
    await agrees(config, [3]);
  });

  it('takes the layers in an order in which they can run, wherever they are listed', () => {
    const layers = [...(SHARED.config.layers as LayerConfig[])].reverse();
    const { nodes } = readTopology(functional(layers, ['a', 'b'], [['answer', 0, 0]]));
    expect(nodes.at(-1)?.path).toBe('answer');
    expect(nodes.map(({ path }) => path).indexOf('joined')).toBe(2);
  });

  it('leaves out what no output needs', () => {
    const layers = [
      inputLayer('a', [3]),
      dense('used', 2, [[['a', 0, 0, {}]]]),
      dense('unused', 2, [[['used', 0, 0, {}]]]),
    ];
    const { nodes } = readTopology(functional(layers, ['a'], [['used', 0, 0]]));
    expect(nodes.map(({ path }) => path)).toEqual(['used']);
  });

  // Keras counts a Functional model's making as its call 0; other writers do not.
  it.each([0, 1])('flattens a model that is called twice, its first call being number %i', async (first) => {
    const inner = functional([inputLayer('in', [3]), dense('d', 3, [[['in', 0, 0, {}]]])], ['in'], [['d', 0, 0]]);
    const nested = {
      class_name: 'Functional',
      name: 'inner',
      config: { ...inner.config, name: 'inner' },
      inbound_nodes: [[['a', 0, 0, {}]], [['b', 0, 0, {}]]],
    };
    const config = functional(
      [
        inputLayer('a', [3]),
        inputLayer('b', [3]),
        nested,
        merge('Concatenate', 'joined', ['inner', first], ['inner', first + 1]),
      ],
      ['a', 'b'],
      [['joined', 0, 0]],
    );
    const { nodes } = readTopology(config);
    expect(nodes.map(({ path }) => path)).toEqual(['inner/d', 'inner/d', 'joined']);
    await agrees(config, [3, 3]);
  });

  it('flattens Sequential in Sequential in Sequential', async () => {
    const inmost = sequentialModel([3], [['Dense', { units: 2, activation: 'tanh' }]]);
    const middle = { class_name: 'Sequential', config: { ...inmost.config, name: 'inmost' } };
    const start = { class_name: 'InputLayer', config: inputLayer('x', [3]).config };
    const config: KerasModel['config'] = {
      class_name: 'Sequential',
      config: {
        name: 'outer',
        layers: [
          { class_name: 'Sequential', config: { name: 'middle', layers: [start, middle] } },
          { class_name: 'Dense', config: { name: 'last', units: 2 } },
        ],
      },
    };
    expect(readTopology(config).nodes.map(({ path }) => path)).toEqual(['middle/inmost/dense_0', 'last']);
    await agrees(config, [3]);
  });

  it('says what a layer is called with: tensors in their places, constants as they are', () => {
    const layer: LayerConfig = {
      class_name: 'MultiHeadAttention',
      name: 'attention',
      config: { name: 'attention', num_heads: 1, key_dim: 2 },
      inbound_nodes: [{ args: [kerasTensor('a')], kwargs: { value: kerasTensor('b'), use_causal_mask: true } }],
    };
    const { nodes } = readTopology(
      functional([inputLayer('a', [4, 3]), inputLayer('b', [4, 3]), layer], ['a', 'b'], [['attention', 0, 0]]),
    );
    expect(nodes[0]).toMatchObject({
      inputs: ['a', 'b'],
      call: { args: [new TensorArgument(0)], kwargs: { value: new TensorArgument(1), use_causal_mask: true } },
    });
  });

  it('keeps a mask apart, behind the inputs', () => {
    const node = { args: [kerasTensor('a')], kwargs: { mask: kerasTensor('m'), training: false } };
    const lstm = { class_name: 'LSTM', name: 'lstm', config: { name: 'lstm', units: 2 }, inbound_nodes: [node] };
    const { nodes } = readTopology(
      functional([inputLayer('a', [4, 3]), inputLayer('m', [4]), lstm], ['a', 'm'], [['lstm', 0, 0]]),
    );
    expect(nodes[0]).toMatchObject({ inputs: ['a', 'm'], masks: [1] });
    expect(nodes[0]?.call?.kwargs).toEqual({ training: false });
  });

  it('names the outputs of a layer that has several, and keeps it where only its second is read', () => {
    const states = { class_name: 'LSTM', name: 'lstm', config: { name: 'lstm', units: 2, return_state: true } };
    const lstm = { ...states, inbound_nodes: [[['a', 0, 0, {}]]] };
    const { nodes, outputs } = readTopology(functional([inputLayer('a', [4, 3]), lstm], ['a'], [['lstm', 0, 2]]));
    expect(nodes.map(({ path }) => path)).toEqual(['lstm']);
    expect(outputs).toEqual(['lstm:0#2']);
  });

  it('gives the inputs of a nested model by their names', () => {
    const inner = functional(
      [inputLayer('p', [3]), inputLayer('q', [2]), merge('Concatenate', 'c', ['q', 0], ['p', 0])],
      ['p', 'q'],
      [['c', 0, 0]],
    );
    const nested: LayerConfig = {
      class_name: 'Functional',
      name: 'inner',
      config: { ...inner.config, name: 'inner', input_layers: { q: ['q', 0, 0], p: ['p', 0, 0] } },
      inbound_nodes: [{ args: [{ p: kerasTensor('a'), q: kerasTensor('b') }], kwargs: {} }],
    };
    const config = functional([inputLayer('a', [3]), inputLayer('b', [2]), nested], ['a', 'b'], [['inner', 1, 0]]);
    expect(readTopology(config).nodes).toMatchObject([{ path: 'inner/c', inputs: ['b', 'a'] }]);
  });

  const broken: [string, KerasModel['config']][] = [
    ['no layers', { class_name: 'Sequential', config: { name: 'm', layers: [] } }],
    [
      'layers that are no list',
      { class_name: 'Functional', config: { layers: 'x', input_layers: [], output_layers: [] } },
    ],
    ['no shape', { class_name: 'Sequential', config: { layers: [dense('d', 2)] } }],
    [
      'a circle',
      functional(
        [inputLayer('a', [3]), dense('d', 3, [[['e', 0, 0]]]), dense('e', 3, [[['d', 0, 0]]])],
        ['a'],
        [['e', 0, 0]],
      ),
    ],
    ['an output that is not there', functional([inputLayer('a', [3])], ['a'], [['nobody', 0, 0]])],
    ['a reference that is none', functional([inputLayer('a', [3]), dense('d', 3, [[[7, 'a']]])], ['a'], [['d', 0, 0]])],
    ['a reference to nobody', functional([inputLayer('a', [3]), dense('d', 3, [[['x', 0, 0]]])], ['a'], [['d', 0, 0]])],
  ];
  it.each(broken)('refuses %s', (_, config) => {
    expect(() => readTopology(config)).toThrow(expect.objectContaining({ code: 'bad-topology' }));
  });

  it('refuses models that nest without end', () => {
    let config: KerasModel['config'] = sequentialModel([3], [['Dense', { units: 2 }]]);
    for (let i = 0; i < 60; i++) config = { class_name: 'Sequential', config: { name: `m${i}`, layers: [config] } };
    expect(() => readTopology(config)).toThrow(expect.objectContaining({ code: 'bad-topology' }));
  });
});
