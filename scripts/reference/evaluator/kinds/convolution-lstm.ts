import { type Call, channelsFirst, type LayerFunction, type Rule, rules } from '../call.ts';
import { add, type Doubles, doubles, multiply, reshape, slice } from '../doubles.ts';
import { rankOf } from '../spatial.ts';
import { convolved } from './convolution.ts';
import { type Cell, gatesOf, unroll } from './recurrent.ts';

/** An LSTM whose products are convolutions; gates in the order input, forget, candidate, output. */
function cellOf(call: Call): Cell {
  const { options } = call;
  const rank = rankOf(call);
  const prefix = call.has('cell/kernel') ? 'cell/' : '';
  const [kernel, recurrent] = [call.tensor(`${prefix}kernel`), call.tensor(`${prefix}recurrent_kernel`)];
  const { inner, gate, bias } = gatesOf(call, options, prefix);
  const filters = recurrent.shape.at(-2) as number;
  const axis = channelsFirst(options) ? 1 : rank + 1;
  const lined = bias && reshape(bias, axis === 1 ? [-1, ...Array(rank).fill(1)] : [-1]);
  // The states keep their size from step to step.
  const still = { data_format: options.data_format, padding: 'same', strides: 1, dilation_rate: 1 };
  const fromInput = (x: Doubles) => {
    const sums = convolved(x, kernel, options);
    return lined ? add(sums, lined) : sums;
  };
  return {
    sizes: [filters, filters],
    start(x) {
      const zeros = doubles(fromInput(x).shape.with(axis, filters));
      return [zeros, zeros];
    },
    step(x, [h, c]) {
      const all = add(fromInput(x), convolved(h as Doubles, recurrent, still));
      const part = (index: number) => slice(all, axis, index * filters, filters);
      const carry = add(multiply(gate(part(1)), c as Doubles), multiply(gate(part(0)), inner(part(2))));
      const output = multiply(gate(part(3)), inner(carry));
      return { output, states: [output, carry] };
    },
  };
}

const convolutionLstm: LayerFunction = (x, call) => unroll(x, call, cellOf(call));

export const CONVOLUTION_LSTMS: Record<string, Rule> = rules({
  ConvLSTM1D: convolutionLstm,
  ConvLSTM2D: convolutionLstm,
  ConvLSTM3D: convolutionLstm,
});
