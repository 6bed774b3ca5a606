import { fixed, type GraphBuilder, type Value } from '#onnx';
import type { Activation } from '../activations/index.ts';
import type { EmitContext } from '../layer.ts';
import type { GRUConfig } from './gru-cell.ts';
import type { LoopResult } from './loop.ts';
import type { LSTMConfig } from './lstm-cell.ts';
import type { SimpleRNNConfig } from './simple-rnn-cell.ts';

/** Keras's activations that ONNX's own recurrent operators know, with their options. */
const KNOWN: Record<string, { name: string; alpha?: number; beta?: number }> = {
  tanh: { name: 'Tanh' },
  sigmoid: { name: 'Sigmoid' },
  relu: { name: 'Relu' },
  softsign: { name: 'Softsign' },
  linear: { name: 'Affine', alpha: 1, beta: 0 },
  hard_sigmoid: { name: 'HardSigmoid', alpha: 1 / 6, beta: 0.5 },
  hard_sigmoid_keras2: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
};

/** What stands ready for ONNX: kernels `[1, gates * units, inputs]`, the bias `[1, 2 * gates * units]` or none. */
interface RecurrentWeights {
  readonly kernel: string;
  readonly recurrent: string;
  readonly bias: string | undefined;
}

interface RecurrentOperator {
  readonly type: 'RNN' | 'LSTM' | 'GRU';
  readonly units: number;
  /** Keras's names, in ONNX's order. */
  readonly activations: readonly string[];
  readonly weights: RecurrentWeights;
  readonly linearBeforeReset?: boolean;
}

function namesOf(...activations: readonly Activation[]): string[] {
  return activations.map(({ name }) => name);
}

function areKnown(activations: readonly string[]): boolean {
  return activations.every((name) => Object.hasOwn(KNOWN, name));
}

/** The order of ONNX's gates (input, output, forget, candidate) in Keras's (input, forget, candidate, output). */
const LSTM_GATES = [0, 3, 1, 2];

/** The cell as one of ONNX's own operators, which are many times quicker than a loop; undefined where none does it. */
export function asOperator(
  context: EmitContext,
  className: string,
  config: unknown,
  inputs: number,
): RecurrentOperator | undefined {
  const { graph } = context;
  if (className === 'SimpleRNNCell') {
    const c = config as SimpleRNNConfig;
    const activations = namesOf(c.activation);
    if (!areKnown(activations)) return undefined;
    return { type: 'RNN', units: c.units, activations, weights: weightsOf(context, c, inputs, [0], c.use_bias) };
  }
  if (className === 'LSTMCell') {
    const c = config as LSTMConfig;
    const activations = namesOf(c.recurrent_activation, c.activation, c.activation);
    if (!areKnown(activations)) return undefined;
    return {
      type: 'LSTM',
      units: c.units,
      activations,
      weights: weightsOf(context, c, inputs, LSTM_GATES, c.use_bias),
    };
  }
  if (className !== 'GRUCell') return undefined;
  const c = config as GRUConfig;
  const activations = namesOf(c.recurrent_activation, c.activation);
  if (!areKnown(activations)) return undefined;
  const weights = weightsOf(context, c, inputs, [0, 1, 2], c.use_bias && !c.reset_after);
  const flat = graph.ints([1, 6 * c.units]);
  const bias = c.use_bias && c.reset_after ? graph.op('Reshape', [context.weight('bias'), flat]) : weights.bias;
  return { type: 'GRU', units: c.units, activations, weights: { ...weights, bias }, linearBeforeReset: c.reset_after };
}

function weightsOf(
  { graph, weight }: EmitContext,
  { units }: { units: number },
  inputs: number,
  order: readonly number[],
  withBias: boolean,
): RecurrentWeights {
  const gates = order.length;
  const turned = (name: string, columns: number) =>
    inOrder(graph, weight(name, { perm: [1, 0], dims: [1, gates * units, columns] }), order, units, 1);
  const bias = withBias
    ? inOrder(graph, weight('bias', { perm: [0], dims: [1, gates * units] }), order, units, 1)
    : undefined;
  const none = graph.constant(
    'float32',
    Array.from({ length: gates * units }, () => 0),
    [1, gates * units],
  );
  return {
    kernel: turned('kernel', inputs),
    recurrent: turned('recurrent_kernel', units),
    bias: bias && graph.op('Concat', [bias, none], { axis: 1 }),
  };
}

/** Gates of equal size along an axis, in another order. */
function inOrder(graph: GraphBuilder, joined: string, order: readonly number[], units: number, axis: number): string {
  if (order.every((from, to) => from === to)) return joined;
  const parts = graph.ops('Split', [joined, graph.ints(order.map(() => units))], order.length, { axis });
  return graph.op(
    'Concat',
    order.map((from) => parts[from] as string),
    { axis },
  );
}

/** Runs ONNX's own operator over the time axis of `x`, [batch, time, inputs]. */
export function runOperator(
  graph: GraphBuilder,
  { type, units, activations, weights, linearBeforeReset }: RecurrentOperator,
  x: Value,
  initial: readonly string[] | undefined,
  backwards: boolean,
): LoopResult {
  const front = graph.ints([0]);
  const used = activations.map((name) => KNOWN[name] as (typeof KNOWN)[string]);
  const withOptions = used.filter(({ alpha }) => alpha !== undefined);
  const options = withOptions.length > 0 && {
    activation_alpha: { floats: withOptions.map(({ alpha = 0 }) => alpha) },
    activation_beta: { floats: withOptions.map(({ beta = 0 }) => beta) },
  };
  const time = graph.op('Transpose', [x.name], { perm: [1, 0, 2] });
  const states = (initial ?? []).map((state) => graph.op('Unsqueeze', [state, front]));
  const inputs = [time, weights.kernel, weights.recurrent, weights.bias ?? '', '', ...states];
  while (inputs.at(-1) === '') inputs.pop();
  const results = graph.ops(type, inputs, type === 'LSTM' ? 3 : 2, {
    hidden_size: units,
    direction: backwards ? 'reverse' : 'forward',
    activations: { strings: used.map(({ name }) => name) },
    ...options,
    ...(linearBeforeReset ? { linear_before_reset: 1 } : {}),
  });
  const [all, ...last] = results as [string, ...string[]];
  const steps = graph.op('Transpose', [graph.op('Squeeze', [all, graph.ints([1])])], { perm: [1, 0, 2] });
  const ends = last.map((state) => graph.op('Squeeze', [state, front]));
  // ONNX answers in the order of time, Keras in the order of the steps.
  return { outputs: backwards ? reversedTime(graph, steps) : steps, last: ends[0] as string, states: ends };
}

/** The time axis of [batch, time, ...] the other way round. */
export function reversedTime(graph: GraphBuilder, name: string): string {
  const first = graph.ints([-1]);
  return graph.op('Slice', [name, first, graph.ints([-(2 ** 31)]), graph.ints([1]), first]);
}

export function inputsOf(x: Value): number {
  return fixed(x.shape, -1);
}
