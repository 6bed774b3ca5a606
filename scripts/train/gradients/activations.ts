import { expected, FreezeframeError } from '@freezeframe/inference';
import { SELU } from '#convert';
import { type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { indicator, softmaxGradient, whereBetween, wherePositive } from './elementwise.ts';

/** What an activation was given and what it answered: names of values of one shape and memory order. */
interface ActivationPass {
  readonly input: string;
  readonly output: string;
  /** Where Keras's last axis lies in memory. */
  readonly lastAxis: number;
}

/** Gradient of an activation's input, from that of its output. */
type ActivationGradient = (graph: GraphBuilder, pass: ActivationPass, gradient: string) => string;

/** Slope of a hard sigmoid: none where it has reached 0 or 1. */
function hardSigmoidGradient(graph: GraphBuilder, output: string, slope: number, gradient: string): string {
  return graph.op('Mul', [whereBetween(graph, output, [0, 1], gradient), graph.float(slope)]);
}

/** Every activation that can be trained, by its first name among those that can be frozen. */
export const ACTIVATION_GRADIENTS: Readonly<Record<string, ActivationGradient>> = {
  linear: (_graph, _pass, gradient) => gradient,
  relu: (graph, { output }, gradient) => wherePositive(graph, output, gradient),
  relu6: (graph, { output }, gradient) => whereBetween(graph, output, [0, 6], gradient),
  leaky_relu: (graph, { input }, gradient) => {
    const positive = indicator(graph, graph.op('Greater', [input, graph.float(0)]));
    const slope = graph.op('Add', [graph.op('Mul', [positive, graph.float(0.8)]), graph.float(0.2)]);
    return graph.op('Mul', [gradient, slope]);
  },
  // Below zero e^x is the output + 1; above, that would be more than the slope of one.
  elu: (graph, { output }, gradient) => {
    const slope = graph.op('Min', [graph.op('Add', [output, graph.float(1)]), graph.float(1)]);
    return graph.op('Mul', [gradient, slope]);
  },
  selu: (graph, { output }, gradient) => {
    const below = graph.op('Add', [output, graph.float(SELU.gamma * SELU.alpha)]);
    const positive = graph.op('Greater', [output, graph.float(0)]);
    return graph.op('Mul', [gradient, graph.op('Where', [positive, graph.float(SELU.gamma), below])]);
  },
  sigmoid: (graph, { output }, gradient) => {
    const slope = graph.op('Mul', [output, graph.op('Sub', [graph.float(1), output])]);
    return graph.op('Mul', [gradient, slope]);
  },
  tanh: (graph, { output }, gradient) => {
    const slope = graph.op('Sub', [graph.float(1), graph.op('Mul', [output, output])]);
    return graph.op('Mul', [gradient, slope]);
  },
  softmax: (graph, { output, lastAxis }, gradient) => softmaxGradient(graph, output, lastAxis, gradient),
  log_softmax: (graph, { output, lastAxis }, gradient) => {
    const sum = graph.op('ReduceSum', [gradient, graph.ints([lastAxis])], { keepdims: 1 });
    return graph.op('Sub', [gradient, graph.op('Mul', [graph.op('Exp', [output]), sum])]);
  },
  softplus: (graph, { input }, gradient) => graph.op('Mul', [gradient, graph.op('Sigmoid', [input])]),
  // The output is x / (1 + |x|): 1 - |output| is 1 / (1 + |x|).
  softsign: (graph, { output }, gradient) => {
    const rest = graph.op('Sub', [graph.float(1), graph.op('Abs', [output])]);
    return graph.op('Mul', [gradient, graph.op('Mul', [rest, rest])]);
  },
  exponential: (graph, { output }, gradient) => graph.op('Mul', [gradient, output]),
  swish: (graph, { input, output }, gradient) => {
    const gate = graph.op('Sigmoid', [input]);
    const bend = graph.op('Mul', [output, graph.op('Sub', [graph.float(1), gate])]);
    return graph.op('Mul', [gradient, graph.op('Add', [gate, bend])]);
  },
  gelu: (graph, { input }, gradient) => {
    const erf = graph.op('Erf', [graph.op('Mul', [input, graph.float(Math.SQRT1_2)])]);
    const share = graph.op('Mul', [graph.op('Add', [erf, graph.float(1)]), graph.float(0.5)]);
    const square = graph.op('Mul', [graph.op('Mul', [input, input]), graph.float(-0.5)]);
    const density = graph.op('Mul', [graph.op('Exp', [square]), graph.float(1 / Math.sqrt(2 * Math.PI))]);
    return graph.op('Mul', [gradient, graph.op('Add', [share, graph.op('Mul', [input, density])])]);
  },
  mish: (graph, { input }, gradient) => {
    const tanh = graph.op('Tanh', [graph.op('Softplus', [input])]);
    const slope = graph.op('Sub', [graph.float(1), graph.op('Mul', [tanh, tanh])]);
    const bend = graph.op('Mul', [graph.op('Mul', [input, graph.op('Sigmoid', [input])]), slope]);
    return graph.op('Mul', [gradient, graph.op('Add', [tanh, bend])]);
  },
  hard_sigmoid: (graph, { output }, gradient) => hardSigmoidGradient(graph, output, 1 / 6, gradient),
  hard_sigmoid_keras2: (graph, { output }, gradient) => hardSigmoidGradient(graph, output, 0.2, gradient),
  hard_silu: (graph, { input }, gradient) => {
    const gate = graph.op('HardSigmoid', [input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    const bend = hardSigmoidGradient(graph, gate, 1 / 6, input);
    return graph.op('Mul', [gradient, graph.op('Add', [gate, bend])]);
  },
};

/** Gradient of what went into the activation of this name. `input` has the output's shape and memory order. */
export function activationGradient(
  graph: GraphBuilder,
  name: string,
  pass: { readonly input: string; readonly output: Value },
  gradient: Value,
): Value {
  const { output } = pass;
  const rule = Object.hasOwn(ACTIVATION_GRADIENTS, name) ? ACTIVATION_GRADIENTS[name] : undefined;
  if (!rule) {
    throw new FreezeframeError('unsupported-training', expected('an activation that can be trained', 'a layer', name));
  }
  const names = { input: pass.input, output: output.name, lastAxis: memoryAxis(output, -1) };
  return renamed(gradient, rule(graph, names, gradient.name));
}
