import { type Activation, single } from '#convert';
import { type DataFormat, toImage } from '#onnx';
import { WAYS, wayOf } from '../convolutions/index.ts';
import type { PooledConvolutionConfig } from '../convolutions/pooled-convolution.ts';
import type { Way } from '../convolutions/way.ts';
import { activationGradient } from './activations.ts';
import { defineRule, type GradientRule } from './rule.ts';

interface Activated {
  readonly activation: Activation;
  readonly use_bias: boolean;
  readonly data_format: DataFormat;
}

export const CONVOLUTIONS = {
  Conv2D: activated(WAYS.Conv2D),
  DepthwiseConv2D: activated(WAYS.DepthwiseConv2D),
  SeparableConv2D: activated(WAYS.SeparableConv2D),
};

/** A convolution and the pool behind it, see `pooledConvolution`. */
export const pooledConvolution2d = defineRule<PooledConvolutionConfig>(inOneOf(WAYS['Conv2D + MaxPooling2D']));

/** A convolution in one of these ways, with its bias and its activation. */
function activated<C extends Activated>(ways: readonly Way<C>[]): GradientRule {
  const linear = inOneOf(ways);
  return defineRule<C>({
    forward: (context, c, inputs, needsInputGradient) => {
      const { output, saved } = linear.forward(context, c, inputs, needsInputGradient);
      return { output: c.activation.emit(context.graph, output), saved: { ...saved, linear: output.name } };
    },
    backward: (context, c, pass, gradient, needsInputGradient) => {
      const { graph } = context;
      const names = { input: pass.saved.linear as string, output: pass.output };
      const back = activationGradient(graph, c.activation.name, names, gradient);
      const { inputs, weights } = linear.backward(context, c, pass, back, needsInputGradient);
      if (!c.use_bias) return { inputs, weights };
      const bias = graph.op('ReduceSum', [toImage(graph, back, c.data_format), graph.ints([0, 2, 3])], { keepdims: 0 });
      return { inputs, weights: { ...weights, bias } };
    },
  });
}

function inOneOf<C>(ways: readonly Way<C>[]): Required<GradientRule<C>> {
  return {
    forward: (context, c, inputs, needsInputGradient) => {
      const x = single(inputs);
      return wayOf(ways, c, x, needsInputGradient).forward(context, c, x);
    },
    backward: (context, c, { inputs, saved }, gradient, needsInputGradient) => {
      const x = single(inputs);
      const way = wayOf(ways, c, x, needsInputGradient);
      const { input, weights } = way.backward(context, c, { x, saved }, gradient, needsInputGradient);
      return { inputs: input ? [input] : [], weights };
    },
  };
}
