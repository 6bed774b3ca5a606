import * as z from 'zod';
import { fixed } from '#onnx';
import { activationOr, type Cell, gateOptions, gateWeights, sum } from './cell.ts';

const config = z.object({ ...gateOptions, activation: activationOr('tanh') });
export type SimpleRNNConfig = z.output<typeof config>;

/** h' = f(x W + h U + b). */
export const simpleRNNCell: Cell<SimpleRNNConfig> = {
  className: 'SimpleRNNCell',
  layerName: 'SimpleRNN',
  config,
  weights: (c, step) => gateWeights(c, fixed(step, -1), 1, [c.units]),
  states: (c, step) => [[step[0] ?? null, c.units]],
  step: ({ graph, weight }, c, x, [h = '']) => {
    const bias = c.use_bias ? weight('bias') : undefined;
    const moved = graph.op('MatMul', [h, weight('recurrent_kernel')]);
    const linear = sum(graph, graph.op('MatMul', [x.name, weight('kernel')]), bias, moved);
    const { name } = c.activation.emit(graph, { ...x, name: linear, shape: [x.shape[0] ?? null, c.units] });
    return { output: name, states: [name] };
  },
};
