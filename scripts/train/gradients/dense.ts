import { affine, type DenseConfig, single } from '#convert';
import { asKeras, fixed, type GraphBuilder, type Value } from '#onnx';
import { activationGradient } from './activations.ts';
import { defineRule } from './rule.ts';

export const dense = defineRule<DenseConfig>({
  forward: (context, c, inputs) => {
    const linear = affine(context, c, single(inputs));
    return { output: c.activation.emit(context.graph, linear), saved: { linear: linear.name } };
  },
  backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const x = asKeras(graph, single(inputs));
    const pass = { input: saved.linear as string, output };
    const rows = asRows(graph, activationGradient(graph, c.activation.name, pass, gradient));
    const kernel = graph.op('Gemm', [asRows(graph, x), rows], { transA: 1 });
    const sum = () => graph.op('ReduceSum', [rows, graph.ints([0])], { keepdims: 0 });
    const weights = c.use_bias ? { kernel, bias: sum() } : { kernel };
    if (!needsInputGradient) return { inputs: [], weights };
    const flat = graph.op('Gemm', [rows, context.weight('kernel')], { transB: 1 });
    const name = x.shape.length === 2 ? flat : graph.op('Reshape', [flat, graph.op('Shape', [x.name])]);
    return { inputs: [graph.toLayout({ ...x, name }, single(inputs).layout)], weights };
  },
});

/** All but the last axis as one. */
function asRows(graph: GraphBuilder, value: Value): string {
  return value.shape.length === 2
    ? value.name
    : graph.op('Reshape', [value.name, graph.ints([-1, fixed(value.shape, -1)])]);
}
