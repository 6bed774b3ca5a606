import { DATATYPE_NUMBERS, type GraphBuilder } from '#onnx';
import { type QuantizedRows, ZERO_POINT } from '#quantize';
import type { Head } from '../head/logistic.ts';
import type { Unknown } from '../unknown/unknown.ts';

/** Names of outputs beside `probabilities`. */
export const HEAD_OUTPUTS = { unknown: 'unknown', heatmap: 'heatmap' } as const;

/** Its name in the graph. */
export const HEAD_WEIGHTS = 'head/kernel';

/** What stands behind a backbone. */
export interface FullHead {
  readonly head: Head;
  readonly unknown?: Unknown;
}

/** Places of the map that the heat map has, and where its channels are. */
export interface MapShape {
  readonly rows: number;
  readonly columns: number;
  readonly order: 'channels-first' | 'channels-last';
}

/**
 * Writes the head behind values of the graph: `probabilities`, and where they are asked for `unknown` and `heatmap`. Only operators
 * that have meant the same since operator set 13.
 * @param features [batch, width] @param map [batch, width, rows, columns] or [batch, rows, columns, width]
 */
export function emitHead(
  graph: GraphBuilder,
  { head, unknown }: FullHead,
  probabilities: string,
  features: string,
  map?: { readonly name: string; readonly shape: MapShape },
): void {
  const { width, labels } = head;
  const weights = graph.weight(HEAD_WEIGHTS, [width, labels], head.weights);
  const logits = graph.op('Gemm', [features, weights, graph.weight('head/bias', [labels], head.bias)]);
  graph.node('Softmax', [logits], [probabilities], { axis: 1 });
  graph.output(probabilities, 'float32', [null, labels]);
  if (map) emitHeatmap(graph, weights, labels, width, map.name, map.shape);
  if (unknown) emitUnknown(graph, features, unknown);
}

/** Zhou et al., Learning Deep Features for Discriminative Localization, 2016: the head applied to each place of the map. */
function emitHeatmap(
  graph: GraphBuilder,
  weights: string,
  labels: number,
  width: number,
  map: string,
  { rows, columns, order }: MapShape,
): void {
  const places =
    order === 'channels-last'
      ? graph.op('Reshape', [map, graph.ints([-1, rows * columns, width])])
      : graph.op('Transpose', [graph.op('Reshape', [map, graph.ints([-1, width, rows * columns])])], {
          perm: [0, 2, 1],
        });
  const each = graph.op('MatMul', [places, weights]);
  graph.node('Reshape', [each, graph.ints([-1, rows, columns, labels])], [HEAD_OUTPUTS.heatmap]);
  graph.output(HEAD_OUTPUTS.heatmap, 'float32', [null, rows, columns, labels]);
}

/** |x - y| = sqrt(|x|^2 - 2 x y + |y|^2), the nearest of the known rows minus the nearest of the background. */
function emitUnknown(graph: GraphBuilder, features: string, { known, background }: Unknown): void {
  const ones = graph.float(Array<number>(known.width).fill(1), [known.width, 1]);
  const squares = graph.op('MatMul', [graph.op('Mul', [features, features]), ones]);
  const nearest = (rows: QuantizedRows, name: string) => {
    const { products, squares: own } = transposed(graph, rows, name);
    const sum = graph.op('Add', [
      graph.op('Add', [graph.op('Mul', [graph.op('MatMul', [features, products]), graph.float(-2)]), squares]),
      own,
    ]);
    const [least = ''] = graph.ops('TopK', [sum, graph.ints([1])], 2, { axis: 1, largest: 0 });
    return graph.op('Sqrt', [graph.op('Relu', [least])]);
  };
  const score = graph.op('Sub', [nearest(known, 'known'), nearest(background, 'background')]);
  graph.node('Reshape', [score, graph.ints([-1])], [HEAD_OUTPUTS.unknown]);
  graph.output(HEAD_OUTPUTS.unknown, 'float32', [null]);
}

/** Rows as columns, turned back from bytes, and their squared lengths: all of constants, so that onnxruntime does it once. */
function transposed(graph: GraphBuilder, { count, width, bytes, scales }: QuantizedRows, name: string) {
  const stored = graph.weight(`${name}/bytes`, [count, width], bytes, 'uint8');
  const wide = graph.op('Cast', [stored], { to: DATATYPE_NUMBERS.float32 });
  const centred = graph.op('Sub', [wide, graph.float(ZERO_POINT)]);
  const rows = graph.op('Mul', [centred, graph.weight(`${name}/scales`, [count, 1], scales)]);
  const columns = graph.op('Transpose', [rows], { perm: [1, 0] });
  const ones = graph.float(Array<number>(width).fill(1), [1, width]);
  return { products: columns, squares: graph.op('MatMul', [ones, graph.op('Mul', [columns, columns])]) };
}
