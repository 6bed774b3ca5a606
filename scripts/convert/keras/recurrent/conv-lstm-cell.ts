import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, fixed, type Value } from '#onnx';
import type { Activation } from '../activations/index.ts';
import { trained } from '../layer.ts';
import { convolutionOptions, convolutionShape, convolve, kernelPermutation } from '../layers/convolutions.ts';
import { activationOr, type Cell, gatesOf } from './cell.ts';

const options = (rank: number) =>
  z.object({
    ...convolutionOptions(rank),
    filters: z.number().int().positive(),
    activation: activationOr('tanh'),
    recurrent_activation: activationOr('hard_sigmoid'),
    data_format: z
      .literal('channels_last')
      .nullish()
      .transform(() => 'channels_last' as const),
  });
type Config = z.output<ReturnType<typeof options>>;

/** An LSTM whose products are convolutions: over the input as the options say, over the state with `same` padding. */
export function convLSTMCell(rank: number): Cell<Config> {
  const stateShape = (c: Config, step: Shape) => convolutionShape(c, step, c.filters);
  return {
    className: `ConvLSTM${rank}DCell`,
    layerName: `ConvLSTM${rank}D`,
    config: options(rank) as unknown as z.ZodType<Config>,
    weights: (c, step) => {
      const gates = 4 * c.filters;
      return [
        trained('kernel', [...c.kernel_size, fixed(step, -1), gates], null),
        trained('recurrent_kernel', [...c.kernel_size, c.filters, gates], null),
        ...(c.use_bias ? [trained('bias', [gates], null)] : []),
      ];
    },
    states: (c, step) => [stateShape(c, step), stateShape(c, step)],
    step: (context, c, x, [h = '', carry = '']) => {
      const { graph } = context;
      const shape = stateShape(c, x.shape);
      const act = (name: string, by: Activation) => by.emit(graph, { ...x, name, shape }).name;
      const perm = kernelPermutation(rank);
      const ones = c.kernel_size.map(() => 1);
      const product = (of: Value, name: string, config: typeof c, bias: string | undefined) => {
        const weights = { kernel: context.weight(name, { perm }), bias, group: 1, channels: 4 * c.filters };
        return asKeras(graph, convolve(context, config, of, weights)).name;
      };
      const moved = product(x, 'kernel', c, c.use_bias ? context.weight('bias') : undefined);
      const same = { ...c, strides: ones, dilation_rate: ones, padding: 'same' as const };
      const kept = product({ ...x, name: h, shape }, 'recurrent_kernel', same, undefined);
      const gates = gatesOf(graph, graph.op('Add', [moved, kept]), 4, c.filters) as [string, string, string, string];
      const [i, f, g, o] = gates;
      const before = graph.op('Mul', [act(f, c.recurrent_activation), carry]);
      const added = graph.op('Mul', [act(i, c.recurrent_activation), act(g, c.activation)]);
      const next = graph.op('Add', [before, added]);
      const output = graph.op('Mul', [act(o, c.recurrent_activation), act(next, c.activation)]);
      return { output, states: [output, next] };
    },
  };
}
