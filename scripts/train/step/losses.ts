import { expected, FreezeframeError } from '@freezeframe/inference';
import { fixed, type GraphBuilder, type Value } from '#onnx';

/** `crossentropy` tells classes apart, `mean_squared_error` answers numbers. */
export type LossName = 'crossentropy' | 'mean_squared_error';

/** A loss written into a graph: names of values. */
export interface EmittedLoss {
  /** The mean over the batch (a part's share of it), a float scalar. */
  readonly loss: string;
  /** How many answers are right (crossentropy) or the sum of absolute errors (mean_squared_error), a float scalar. */
  readonly measure: string;
  /** Gradient of the loss by the value that the loss was given. */
  readonly gradient: string;
}

/** Activations that are part of a loss: their gradient together is simple and cannot overflow. */
export const FUSED_ACTIVATIONS = ['softmax', 'sigmoid'] as const;
export type FusedActivation = (typeof FUSED_ACTIVATIONS)[number];

interface Arguments {
  readonly graph: GraphBuilder;
  /** `[batch, outputs]`: for crossentropy what goes into the activation, else the model's answer. */
  readonly value: Value;
  /** int32 classes `[batch]` for crossentropy, float32 `[batch, outputs]` otherwise. */
  readonly target: string;
  /** What one sample counts, float32 `[1]`: one over the number of samples. */
  readonly share: string;
}

/** Where the model ends for a loss: with which activation taken off. */
export function emitLoss(name: LossName, activation: FusedActivation | undefined, args: Arguments): EmittedLoss {
  if (name === 'mean_squared_error') return meanSquaredError(args);
  if (activation === 'softmax') return categoricalCrossentropy(args);
  const outputs = fixed(args.value.shape, -1);
  if (activation === 'sigmoid' && outputs === 1) return binaryCrossentropy(args);
  throw new FreezeframeError(
    'unsupported-training',
    expected('softmax, or sigmoid with one output', "a classifier's last activation", activation ?? 'none'),
    { remedy: 'End the architecture with a Dense layer whose activation is softmax.' },
  );
}

function sumAll(graph: GraphBuilder, value: string): string {
  return graph.op('ReduceSum', [value], { keepdims: 0 });
}

function asFloat(graph: GraphBuilder, value: string): string {
  return graph.op('Cast', [value], { to: 1 });
}

function scalar(graph: GraphBuilder, value: string): string {
  return graph.op('Reshape', [value, graph.ints([])]);
}

function categoricalCrossentropy({ graph, value, target, share }: Arguments): EmittedLoss {
  const classes = fixed(value.shape, -1);
  const index = graph.op('Cast', [target], { to: 7 });
  const wanted = graph.op('OneHot', [index, graph.int(classes), graph.float([0, 1])], { axis: 1 });
  const logShares = graph.op('LogSoftmax', [value.name], { axis: 1 });
  const likelihood = sumAll(graph, graph.op('Mul', [wanted, logShares]));
  const best = graph.op('ArgMax', [value.name], { axis: 1, keepdims: 0 });
  return {
    loss: scalar(graph, graph.op('Neg', [graph.op('Mul', [likelihood, share])])),
    measure: sumAll(graph, asFloat(graph, graph.op('Equal', [best, index]))),
    gradient: graph.op('Mul', [graph.op('Sub', [graph.op('Exp', [logShares]), wanted]), share]),
  };
}

function binaryCrossentropy({ graph, value, target, share }: Arguments): EmittedLoss {
  const wanted = graph.op('Unsqueeze', [asFloat(graph, target), graph.ints([1])]);
  const losses = graph.op('Sub', [graph.op('Softplus', [value.name]), graph.op('Mul', [value.name, wanted])]);
  const answered = asFloat(graph, graph.op('Greater', [value.name, graph.float(0)]));
  return {
    loss: scalar(graph, graph.op('Mul', [sumAll(graph, losses), share])),
    measure: sumAll(graph, asFloat(graph, graph.op('Equal', [answered, wanted]))),
    gradient: graph.op('Mul', [graph.op('Sub', [graph.op('Sigmoid', [value.name]), wanted]), share]),
  };
}

function meanSquaredError({ graph, value, target, share }: Arguments): EmittedLoss {
  const outputs = fixed(value.shape, -1);
  const each = graph.op('Div', [share, graph.float(outputs)]);
  const error = graph.op('Sub', [value.name, target]);
  return {
    loss: scalar(graph, graph.op('Mul', [sumAll(graph, graph.op('Mul', [error, error])), each])),
    measure: sumAll(graph, graph.op('Abs', [error])),
    gradient: graph.op('Mul', [error, graph.op('Mul', [each, graph.float(2)])]),
  };
}
