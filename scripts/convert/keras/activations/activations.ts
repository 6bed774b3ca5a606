import type { GraphBuilder } from '#onnx';
import { memoryAxis, renamed } from '#onnx';
import { indicator, softmaxGradient, whereBetween, wherePositive } from '#train';
import { type ActivationDefinition, operator } from './activation.ts';

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/** Slope of a hard sigmoid: none where it has reached 0 or 1. */
function hardSigmoidGradient(graph: GraphBuilder, output: string, slope: number, gradient: string): string {
  return graph.op('Mul', [whereBetween(graph, output, [0, 1], gradient), graph.float(slope)]);
}

/**
 * Every activation function that can be frozen, by Keras 3's definitions. To add one: an entry here, a case in
 * `test/scripts/convert/keras/activations/activations.test.ts`.
 */
export const ACTIVATIONS = [
  {
    names: ['linear'],
    emit: (_, x) => x,
    gradient: (_graph, _pass, gradient) => gradient,
  },
  {
    names: ['relu'],
    emit: operator('Relu'),
    gradient: (graph, { output }, gradient) => wherePositive(graph, output, gradient),
  },
  {
    names: ['relu6'],
    emit: (graph, x) => renamed(x, graph.op('Clip', [x.name, graph.float(0), graph.float(6)])),
    gradient: (graph, { output }, gradient) => whereBetween(graph, output, [0, 6], gradient),
  },
  // Keras's function takes 0.2; its LeakyReLU *layer* takes 0.3 and is a layer of its own.
  {
    names: ['leaky_relu'],
    emit: operator('LeakyRelu', { alpha: { float: 0.2 } }),
    gradient: (graph, { input }, gradient) => {
      const positive = indicator(graph, graph.op('Greater', [input, graph.float(0)]));
      const slope = graph.op('Add', [graph.op('Mul', [positive, graph.float(0.8)]), graph.float(0.2)]);
      return graph.op('Mul', [gradient, slope]);
    },
  },
  {
    names: ['elu'],
    emit: operator('Elu', { alpha: { float: 1 } }),
    // Below zero e^x is the output + 1; above, that would be more than the slope of one.
    gradient: (graph, { output }, gradient) => {
      const slope = graph.op('Min', [graph.op('Add', [output, graph.float(1)]), graph.float(1)]);
      return graph.op('Mul', [gradient, slope]);
    },
  },
  {
    names: ['selu'],
    emit: operator('Selu', { alpha: { float: SELU.alpha }, gamma: { float: SELU.gamma } }),
    gradient: (graph, { output }, gradient) => {
      const below = graph.op('Add', [output, graph.float(SELU.gamma * SELU.alpha)]);
      const positive = graph.op('Greater', [output, graph.float(0)]);
      return graph.op('Mul', [gradient, graph.op('Where', [positive, graph.float(SELU.gamma), below])]);
    },
  },
  {
    names: ['sigmoid'],
    emit: operator('Sigmoid'),
    gradient: (graph, { output }, gradient) => {
      const slope = graph.op('Mul', [output, graph.op('Sub', [graph.float(1), output])]);
      return graph.op('Mul', [gradient, slope]);
    },
  },
  {
    names: ['tanh'],
    emit: operator('Tanh'),
    gradient: (graph, { output }, gradient) => {
      const slope = graph.op('Sub', [graph.float(1), graph.op('Mul', [output, output])]);
      return graph.op('Mul', [gradient, slope]);
    },
  },
  {
    names: ['softmax'],
    emit: (graph, x) => renamed(x, graph.op('Softmax', [x.name], { axis: memoryAxis(x, -1) })),
    gradient: (graph, { output, lastAxis }, gradient) => softmaxGradient(graph, output, lastAxis, gradient),
  },
  {
    names: ['log_softmax'],
    emit: (graph, x) => renamed(x, graph.op('LogSoftmax', [x.name], { axis: memoryAxis(x, -1) })),
    gradient: (graph, { output, lastAxis }, gradient) => {
      const sum = graph.op('ReduceSum', [gradient, graph.ints([lastAxis])], { keepdims: 1 });
      return graph.op('Sub', [gradient, graph.op('Mul', [graph.op('Exp', [output]), sum])]);
    },
  },
  {
    names: ['softplus'],
    emit: operator('Softplus'),
    gradient: (graph, { input }, gradient) => graph.op('Mul', [gradient, graph.op('Sigmoid', [input])]),
  },
  {
    names: ['softsign'],
    emit: operator('Softsign'),
    // The output is x / (1 + |x|): 1 - |output| is 1 / (1 + |x|).
    gradient: (graph, { output }, gradient) => {
      const rest = graph.op('Sub', [graph.float(1), graph.op('Abs', [output])]);
      return graph.op('Mul', [gradient, graph.op('Mul', [rest, rest])]);
    },
  },
  {
    names: ['exponential'],
    emit: operator('Exp'),
    gradient: (graph, { output }, gradient) => graph.op('Mul', [gradient, output]),
  },
  {
    names: ['swish', 'silu'],
    emit: (graph, x) => renamed(x, graph.op('Mul', [x.name, graph.op('Sigmoid', [x.name])])),
    gradient: (graph, { input, output }, gradient) => {
      const gate = graph.op('Sigmoid', [input]);
      const bend = graph.op('Mul', [output, graph.op('Sub', [graph.float(1), gate])]);
      return graph.op('Mul', [gradient, graph.op('Add', [gate, bend])]);
    },
  },
  {
    names: ['gelu'],
    emit: operator('Gelu', { approximate: 'none' }),
    gradient: (graph, { input }, gradient) => {
      const erf = graph.op('Erf', [graph.op('Mul', [input, graph.float(Math.SQRT1_2)])]);
      const share = graph.op('Mul', [graph.op('Add', [erf, graph.float(1)]), graph.float(0.5)]);
      const square = graph.op('Mul', [graph.op('Mul', [input, input]), graph.float(-0.5)]);
      const density = graph.op('Mul', [graph.op('Exp', [square]), graph.float(1 / Math.sqrt(2 * Math.PI))]);
      return graph.op('Mul', [gradient, graph.op('Add', [share, graph.op('Mul', [input, density])])]);
    },
  },
  {
    names: ['mish'],
    emit: operator('Mish'),
    gradient: (graph, { input }, gradient) => {
      const tanh = graph.op('Tanh', [graph.op('Softplus', [input])]);
      const slope = graph.op('Sub', [graph.float(1), graph.op('Mul', [tanh, tanh])]);
      const bend = graph.op('Mul', [graph.op('Mul', [input, graph.op('Sigmoid', [input])]), slope]);
      return graph.op('Mul', [gradient, graph.op('Add', [tanh, bend])]);
    },
  },
  {
    names: ['hard_sigmoid'],
    emit: operator('HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
    gradient: (graph, { output }, gradient) => hardSigmoidGradient(graph, output, 1 / 6, gradient),
  },
  // Keras 2 meant another function by `hard_sigmoid`: whoever reads a Keras 2 file writes this name into the config.
  {
    names: ['hard_sigmoid_keras2'],
    emit: operator('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
    gradient: (graph, { output }, gradient) => hardSigmoidGradient(graph, output, 0.2, gradient),
  },
  {
    names: ['hard_silu', 'hard_swish'],
    emit: operator('HardSwish'),
    gradient: (graph, { input }, gradient) => {
      const gate = graph.op('HardSigmoid', [input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
      const bend = hardSigmoidGradient(graph, gate, 1 / 6, input);
      return graph.op('Mul', [gradient, graph.op('Add', [gate, bend])]);
    },
  },
] as const satisfies readonly ActivationDefinition[];
