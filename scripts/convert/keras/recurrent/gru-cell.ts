import * as z from 'zod';
import { fixed } from '#onnx';
import type { Activation } from '../activations/index.ts';
import { activationOr, type Cell, gateOptions, gatesOf, gateWeights, sum } from './cell.ts';

const config = z.object({
  ...gateOptions,
  activation: activationOr('tanh'),
  recurrent_activation: activationOr('sigmoid'),
  // Configs older than the option (Keras 2.1) mean the reset before the product.
  reset_after: z.boolean().default(false),
});
export type GRUConfig = z.output<typeof config>;

/** Gates in Keras's order: update, reset, candidate. */
export const gruCell: Cell<GRUConfig> = {
  className: 'GRUCell',
  layerName: 'GRU',
  config,
  weights: (c, step) => gateWeights(c, fixed(step, -1), 3, c.reset_after ? [2, 3 * c.units] : [3 * c.units]),
  states: (c, step) => [[step[0] ?? null, c.units]],
  step: ({ graph, weight }, c, x, [h = '']) => {
    const { units } = c;
    const shape = [x.shape[0] ?? null, units];
    const act = (name: string, by: Activation) => by.emit(graph, { ...x, name, shape }).name;
    const [inner, outer] = biases();
    const [xz, xr, xh] = gatesOf(graph, sum(graph, graph.op('MatMul', [x.name, weight('kernel')]), inner), 3, units);
    const recurrent = weight('recurrent_kernel');
    const gates = (hz: string | undefined, hr: string | undefined) => ({
      z: act(sum(graph, xz, hz), c.recurrent_activation),
      r: act(sum(graph, xr, hr), c.recurrent_activation),
    });
    const candidate = c.reset_after ? resetAfter() : resetBefore();
    const kept = graph.op('Mul', [candidate.z, h]);
    const rest = graph.op('Sub', [graph.float(1), candidate.z]);
    const output = graph.op('Add', [kept, graph.op('Mul', [rest, act(candidate.h, c.activation)])]);
    return { output, states: [output] };

    function biases(): [string | undefined, string | undefined] {
      if (!c.use_bias) return [undefined, undefined];
      if (!c.reset_after) return [weight('bias'), undefined];
      const rows = graph.ops('Split', [weight('bias'), graph.ints([1, 1])], 2, { axis: 0 });
      return [rows[0], rows[1]];
    }
    function resetAfter() {
      const product = sum(graph, graph.op('MatMul', [h, recurrent]), outer);
      const [hz, hr, hh] = gatesOf(graph, product, 3, units);
      const { z, r } = gates(hz, hr);
      return { z, h: sum(graph, xh, graph.op('Mul', [r, hh as string])) };
    }
    function resetBefore() {
      const [uz, ur, uh] = gatesOf(graph, recurrent, 3, units) as [string, string, string];
      const { z, r } = gates(graph.op('MatMul', [h, uz]), graph.op('MatMul', [h, ur]));
      return { z, h: sum(graph, xh, graph.op('MatMul', [graph.op('Mul', [r, h]), uh])) };
    }
  },
};
