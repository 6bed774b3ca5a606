import type { GraphBuilder } from '#onnx';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
/** Keras's, ten times TensorFlow's paper value. */
const EPSILON = 1e-7;

interface AdamInputs {
  /** One vector each: all weights, their gradients and both moments end to end. */
  readonly weights: string;
  readonly gradient: string;
  readonly m: string;
  readonly v: string;
  /** Float scalars; the first step is 1. */
  readonly learningRate: string;
  readonly step: string;
}

/**
 * Keras's Adam over one vector: a dozen operators for a model of any number of weights, where one set per weight spends
 * more time starting operators than computing.
 */
export function emitAdam(graph: GraphBuilder, inputs: AdamInputs): { weights: string; m: string; v: string } {
  const { gradient, learningRate, step } = inputs;
  const decay = (old: string, fresh: string, beta: number) =>
    graph.op('Add', [graph.op('Mul', [old, graph.float(beta)]), graph.op('Mul', [fresh, graph.float(1 - beta)])]);
  const m = decay(inputs.m, gradient, BETA_1);
  const v = decay(inputs.v, graph.op('Mul', [gradient, gradient]), BETA_2);
  const unbias = (beta: number) => graph.op('Sub', [graph.float(1), graph.op('Pow', [graph.float(beta), step])]);
  const correction = graph.op('Div', [graph.op('Sqrt', [unbias(BETA_2)]), unbias(BETA_1)]);
  const rate = graph.op('Mul', [learningRate, correction]);
  const divisor = graph.op('Add', [graph.op('Sqrt', [v]), graph.float(EPSILON)]);
  const change = graph.op('Div', [graph.op('Mul', [rate, m]), divisor]);
  return { weights: graph.op('Sub', [inputs.weights, change]), m, v };
}
