import * as z from 'zod';
import { fixed } from '#onnx';
import type { Activation } from '../activations/index.ts';
import { activationOr, type Cell, gateOptions, gatesOf, gateWeights, sum } from './cell.ts';

const config = z.object({
  ...gateOptions,
  activation: activationOr('tanh'),
  recurrent_activation: activationOr('sigmoid'),
});
export type LSTMConfig = z.output<typeof config>;

/** Gates in Keras's order: input, forget, candidate, output. States: h, c. */
export const lstmCell: Cell<LSTMConfig> = {
  className: 'LSTMCell',
  layerName: 'LSTM',
  config,
  weights: (c, step) => gateWeights(c, fixed(step, -1), 4, [4 * c.units]),
  states: (c, step) => {
    const state = [step[0] ?? null, c.units];
    return [state, state];
  },
  step: ({ graph, weight }, c, x, [h = '', carry = '']) => {
    const shape = [x.shape[0] ?? null, c.units];
    const act = (name: string, by: Activation) => by.emit(graph, { ...x, name, shape }).name;
    const moved = graph.op('MatMul', [h, weight('recurrent_kernel')]);
    const linear = sum(
      graph,
      graph.op('MatMul', [x.name, weight('kernel')]),
      moved,
      c.use_bias ? weight('bias') : undefined,
    );
    const [i, f, g, o] = gatesOf(graph, linear, 4, c.units) as [string, string, string, string];
    const kept = graph.op('Mul', [act(f, c.recurrent_activation), carry]);
    const added = graph.op('Mul', [act(i, c.recurrent_activation), act(g, c.activation)]);
    const next = graph.op('Add', [kept, added]);
    const output = graph.op('Mul', [act(o, c.recurrent_activation), act(next, c.activation)]);
    return { output, states: [output, next] };
  },
};
