import { FreezeframeError } from '@freezeframe/inference';
import { single } from '#convert';
import { type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { activationGradient } from './activations.ts';
import { indicator, softmaxGradient } from './elementwise.ts';
import { defineRule } from './rule.ts';

export const ACTIVATION_LAYERS = {
  Activation: defineRule<{ readonly activation: { readonly name: string } }>({
    backward: ({ graph }, c, { inputs, output }, gradient) => {
      const pass = { input: single(inputs).name, output };
      return { inputs: [activationGradient(graph, c.activation.name, pass, gradient)], weights: {} };
    },
  }),
  Softmax: defineRule<{ readonly axis: readonly number[] }>({
    backward: ({ graph }, { axis: [first = -1, ...more] }, { output }, gradient) => {
      if (more.length > 0) {
        throw new FreezeframeError('unsupported-training', 'Softmax over several axes has no gradient');
      }
      const back = softmaxGradient(graph, output.name, memoryAxis(output, first), gradient.name);
      return { inputs: [renamed(gradient, back)], weights: {} };
    },
  }),
  ReLU: defineRule<Rectifier>({
    backward: ({ graph }, c, { inputs }, gradient) => {
      const slopes = slopesOf(graph, c, single(inputs));
      return { inputs: [renamed(gradient, graph.op('Mul', [gradient.name, slopes]))], weights: {} };
    },
  }),
};

interface Rectifier {
  readonly max_value: number | null;
  readonly negative_slope: number;
  readonly threshold: number;
}

/** 1 above the threshold, `negative_slope` below, nothing at `max_value` and beyond. */
function slopesOf(graph: GraphBuilder, c: Rectifier, x: Value): string {
  const above = indicator(graph, graph.op('Greater', [x.name, graph.float(c.threshold)]));
  const rising = graph.op('Mul', [above, graph.float(1 - c.negative_slope)]);
  const slopes = c.negative_slope === 0 ? above : graph.op('Add', [rising, graph.float(c.negative_slope)]);
  if (c.max_value === null) return slopes;
  const below = indicator(graph, graph.op('Less', [x.name, graph.float(c.max_value)]));
  return graph.op('Mul', [slopes, below]);
}
