import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';

/** What Keras puts in the place of a score that a mask leaves out: far below all, and not infinite. */
const LEFT_OUT = -2.3e38;

/** bool masks that broadcast over the scores, joined with `and`; undefined where there is none. */
export function allOf(graph: GraphBuilder, masks: readonly (string | undefined)[]): string | undefined {
  const given = masks.filter((mask) => mask !== undefined);
  return given.length === 0 ? undefined : given.reduce((a, b) => graph.op('And', [a, b]));
}

/** A mask [batch, time] with axes of 1 put at `axes`. */
export function expanded(graph: GraphBuilder, mask: string | undefined, axes: readonly number[]): string | undefined {
  return mask === undefined ? undefined : graph.op('Unsqueeze', [mask, graph.ints(axes)]);
}

/** [query time, value time]: true where a query may look at a value, none of which come later. */
export function causal(graph: GraphBuilder, query: Value, value: Value, axis: number): string {
  return between(graph, query, value, axis, (rows, columns) => graph.op('GreaterOrEqual', [rows, columns]));
}

/** [query time, value time]: true where the two are less than `width` steps apart. */
export function within(graph: GraphBuilder, query: Value, value: Value, axis: number, width: number): string {
  return between(graph, query, value, axis, (rows, columns) =>
    graph.op('Less', [graph.op('Abs', [graph.op('Sub', [rows, columns])]), graph.int(width)]),
  );
}

function between(
  graph: GraphBuilder,
  query: Value,
  value: Value,
  axis: number,
  test: (rows: string, columns: string) => string,
): string {
  const steps = (of: Value) => {
    const length = graph.op('Squeeze', [graph.op('Shape', [of.name], { start: axis, end: axis + 1 })]);
    return graph.op('Range', [graph.int(0), length, graph.int(1)]);
  };
  const rows = graph.op('Unsqueeze', [steps(query), graph.ints([1])]);
  return test(rows, graph.op('Unsqueeze', [steps(value), graph.ints([0])]));
}

/** Shares of one over the last axes of the scores. */
export function shares(graph: GraphBuilder, scores: string, mask: string | undefined, axis = -1): string {
  const kept = mask === undefined ? scores : graph.op('Where', [mask, scores, graph.float(LEFT_OUT)]);
  return graph.op('Softmax', [kept], { axis });
}

/** What a mask leaves out as zeros: of a query that may look at nothing, all. */
export function zeroed(graph: GraphBuilder, shares: string, mask: string | undefined): string {
  return mask === undefined ? shares : graph.op('Where', [mask, shares, graph.float(0)]);
}

/** The same over several axes at the end, as one. */
export function sharesOver(graph: GraphBuilder, scores: string, mask: string | undefined, axes: number): string {
  if (axes === 1) return shares(graph, scores, mask);
  const kept = mask === undefined ? scores : graph.op('Where', [mask, scores, graph.float(LEFT_OUT)]);
  const over = graph.ints(Array.from({ length: axes }, (_, i) => i - axes));
  const powers = graph.op('Exp', [graph.op('Sub', [kept, graph.op('ReduceMax', [kept, over], { keepdims: 1 })])]);
  return graph.op('Div', [powers, graph.op('ReduceSum', [powers, over], { keepdims: 1 })]);
}

/** Each query with each key, their features added: [batch, query time, value time, features]. */
export function sums(graph: GraphBuilder, query: Value, key: Value): string {
  const rows = graph.op('Unsqueeze', [query.name, graph.ints([-2])]);
  return graph.op('Add', [rows, graph.op('Unsqueeze', [key.name, graph.ints([-3])])]);
}

/** [..., a, b] -> [..., b, a]. */
export function turned(graph: GraphBuilder, { name, shape }: { name: string; shape: Shape }): string {
  const rank = shape.length;
  return graph.op('Transpose', [name], { perm: shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)) });
}
