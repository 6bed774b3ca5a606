import * as z from 'zod';
import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

const config = z.object({
  // Null is what JSON can say of Python's NaN: no number is equal to it, so that nothing is masked.
  mask_value: number
    .nullable()
    .transform((value) => value ?? Number.NaN)
    .default(0),
});

export const masking = defineLayer<z.output<typeof config>>({
  className: 'Masking',
  summary:
    'Steps in which every feature is `mask_value` are left out by the layers behind that know masks, and are zeros.',
  keeps: () => 'numbers',
  config,
  emit: ({ graph }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const there = graph.op('Cast', [anyOther(graph, x, c.mask_value, 1)], { to: 1 });
    return { ...x, name: graph.op('Mul', [x.name, there]) };
  },
  mask: ({ graph }, c, inputs) => [anyOther(graph, asKeras(graph, single(inputs)), c.mask_value, 0)],
});

/** Whether any feature of a step is another number: bool [batch, time], or [batch, time, 1]. */
function anyOther(graph: GraphBuilder, x: Value, value: number, keepdims: number): string {
  const other = graph.op('Not', [graph.op('Equal', [x.name, graph.float(value)])]);
  const most = graph.op('ReduceMax', [graph.op('Cast', [other], { to: 1 }), graph.ints([-1])], { keepdims });
  return graph.op('Greater', [most, graph.float(0)]);
}
