import { describe, expect, it } from 'vitest';
import { withLostOperands } from '../../../scripts/keras/lost-operands.ts';
import type { LayerConfig } from '../../../scripts/keras/model.ts';

const input = (name: string): LayerConfig => ({ class_name: 'InputLayer', name, config: { name }, inbound_nodes: [] });
const einsum = (equation: string): LayerConfig => ({
  class_name: 'TFOpLambda',
  name: 'einsum',
  config: { name: 'einsum', function: 'einsum' },
  inbound_nodes: [['_CONSTANT_VALUE', -1, equation, {}]],
});

function read(layers: readonly LayerConfig[]): unknown {
  const config = { layers, input_layers: [['x', 0, 0]], output_layers: [['einsum', 0, 0]] };
  const { layers: completed } = withLostOperands({ class_name: 'Functional', config }).config;
  return (completed as readonly LayerConfig[]).find(({ name }) => name === 'einsum')?.inbound_nodes;
}

describe('tensors of an einsum, which Keras 2 leaves out', () => {
  it('are the one input that they can be', () => {
    const x = ['x', 0, 0];
    const behind = { class_name: 'Dense', name: 'd', config: { name: 'd' }, inbound_nodes: [[['einsum', 0, 0, {}]]] };
    const known = [[['_CONSTANT_VALUE', -1, 'bij,bkj->bik', { inputs: [x, x] }]]];
    expect(read([input('x'), einsum('bij,bkj->bik')])).toEqual(known);
    expect(read([input('x'), einsum('bij,bkj->bik'), behind])).toEqual(known);
  });

  it.each([
    ['another tensor is there', [input('x'), input('y'), einsum('bij,bkj->bik')]],
    [
      'a layer stands before it',
      [
        input('x'),
        { class_name: 'Dense', name: 'd', config: { name: 'd' }, inbound_nodes: [[['x', 0, 0, {}]]] },
        einsum('bij,bkj->bik'),
      ],
    ],
    ['a term has no batch, so that it may be a constant', [input('x'), einsum('bij,jk->bik')]],
    ['the axes are not named', [input('x'), einsum('...j,...j->...')]],
  ])('stay unknown where %s', (_, layers) => {
    expect(read(layers)).toEqual(layers.at(-1)?.inbound_nodes);
  });

  it('are found in models within models', () => {
    const inner = {
      class_name: 'Functional',
      name: 'inner',
      config: {
        name: 'inner',
        layers: [input('x'), einsum('bi,bi->b')],
        input_layers: [['x', 0, 0]],
        output_layers: [['einsum', 0, 0]],
      },
      inbound_nodes: [[['z', 0, 0, {}]]],
    };
    const config = { layers: [input('z'), inner], input_layers: [['z', 0, 0]], output_layers: [['inner', 1, 0]] };
    expect(JSON.stringify(withLostOperands({ class_name: 'Functional', config }))).toContain(
      '"inputs":[["x",0,0],["x",0,0]]',
    );
  });
});
