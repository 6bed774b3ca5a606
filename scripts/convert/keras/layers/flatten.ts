import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { dataFormat } from '../options.ts';

const config = z.object({ data_format: dataFormat });

type Config = z.output<typeof config>;

export const flatten = defineLayer<Config>({
  className: 'Flatten',
  summary: 'One axis of everything behind the batch. `channels_first` flattens in channels-last order, as Keras does.',
  keeps: () => 'numbers',
  config,
  outputShape: (_, inputs) => flatShape(single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const input = single(inputs);
    // For Keras's channels_first "as it lies" and "channels last" change places: the same transpose, the other way.
    const x = c.data_format === 'channels_last' ? asKeras(graph, input) : channelsMovedLast(graph, input);
    return {
      ...x,
      name: graph.op('Flatten', [x.name], { axis: 1 }),
      shape: flatShape(input.shape),
      layout: 'channels-last',
    };
  },
});

function channelsMovedLast(graph: Parameters<typeof asKeras>[0], input: Parameters<typeof asKeras>[1]) {
  const x = asKeras(graph, input);
  const rank = x.shape.length;
  if (rank < 3) return x;
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  return { ...x, name: graph.op('Transpose', [x.name], { perm }) };
}

function flatShape([batch = null, ...rest]: Shape): Shape {
  return [batch, rest.some((size) => size === null) ? null : rest.reduce<number>((n, size) => n * (size ?? 1), 1)];
}
