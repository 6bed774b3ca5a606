import * as z from 'zod';
import { asKeras, type GraphBuilder, renamed, type Value } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

const config = z.object({ value_range: z.tuple([number, number]).default([0, 255]) });

export const autoContrast = defineLayer<z.output<typeof config>>({
  className: 'AutoContrast',
  summary:
    'Each channel of each picture stretched over the whole range of values; one that is all alike stays as it is.',
  config,
  emit: ({ graph }, { value_range: [low, high] }, inputs) => {
    const original = asKeras(graph, single(inputs));
    const bytes = between(graph, original.name, [low, high], [0, 255]);
    // Keras takes these two axes whatever the data format.
    const axes = graph.ints([1, 2]);
    const least = graph.op('ReduceMin', [bytes, axes], { keepdims: 1 });
    const most = graph.op('ReduceMax', [bytes, axes], { keepdims: 1 });
    const scale = graph.op('Div', [graph.float(255), graph.op('Sub', [most, least])]);
    const offset = graph.op('Mul', [graph.op('Neg', [least]), scale]);
    const stretched = graph.op('Add', [graph.op('Mul', [bytes, scale]), offset]);
    const clipped = graph.op('Clip', [stretched, graph.float(0), graph.float(255)]);
    const result = between(graph, clipped, [0, 255], [low, high]);
    return renamed(original, graph.op('Where', [graph.op('Equal', [most, least]), original.name, result]));
  },
});

type Range = readonly [low: number, high: number];

function between(graph: GraphBuilder, x: string, from: Range, to: Range): Value['name'] {
  if (from[0] === to[0] && from[1] === to[1]) return x;
  const share = graph.op('Div', [graph.op('Sub', [x, graph.float(from[0])]), graph.float(from[1] - from[0])]);
  return graph.op('Add', [graph.op('Mul', [share, graph.float(to[1] - to[0])]), graph.float(to[0])]);
}
