import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { asKeras, type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { oneOrMore } from '../options.ts';

const config = z.object({ axis: oneOrMore().prefault(-1) });

export const softmax = defineLayer<z.output<typeof config>>({
  className: 'Softmax',
  summary: 'Shares of one along an axis, or along several together.',
  activation: () => 'softmax',
  config,
  mask: 'keep',
  emit: ({ graph }, { axis: [first = -1, ...more] }, inputs) => {
    const x = single(inputs);
    if (x.mask !== undefined) return masked(graph, x, [first, ...more]);
    if (more.length > 0) return overSeveral(graph, x, [first, ...more]);
    return renamed(x, graph.op('Softmax', [x.name], { axis: memoryAxis(x, first) }));
  },
});

function overSeveral(graph: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const along = graph.ints(axes.map((one) => memoryAxis(x, one)));
  const most = graph.op('ReduceMax', [x.name, along], { keepdims: 1 });
  const powers = graph.op('Exp', [graph.op('Sub', [x.name, most])]);
  return renamed(x, graph.op('Div', [powers, graph.op('ReduceSum', [powers, along], { keepdims: 1 })]));
}

/** Only a mask of the input's own shape is one that Keras can use; what it leaves out is zero. */
function masked(graph: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const { mask, ...plain } = asKeras(graph, x);
  if (plain.shape.length !== 2 || axes.length > 1 || mask === undefined) {
    throw new FreezeframeError('unsupported-layer', expected('no mask', 'a Softmax layer', plain.shape));
  }
  // Far below all, and not infinite: as Keras.
  const kept = graph.op('Where', [mask, plain.name, graph.float(-1e9)]);
  const shares = graph.op('Softmax', [kept], { axis: memoryAxis(plain, axes[0] as number) });
  return renamed(plain, graph.op('Where', [mask, shares, graph.float(0)]));
}
