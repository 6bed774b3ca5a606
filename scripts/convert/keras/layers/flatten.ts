import { z } from 'zod';
import type { Shape } from '#keras';
import { asKeras, fixed } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { dataFormat } from '../options.ts';

const config = z.object({ data_format: dataFormat });

type Config = z.output<typeof config>;

/** One axis of everything behind the batch. `channels_first` flattens in channels-last order, as Keras does. */
export const flatten = defineLayer<Config>({
  className: 'Flatten',
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
  training: {
    backward: ({ graph }, c, { inputs }, gradient) => {
      const x = single(inputs);
      const sizes = x.shape.slice(1).map((_, i) => fixed(x.shape, i + 1));
      const last = c.data_format === 'channels_last' || sizes.length < 2;
      const dims = last ? sizes : [...sizes.slice(1), sizes[0] as number];
      const shaped = graph.op('Reshape', [gradient.name, graph.ints([-1, ...dims])]);
      const perm = [0, sizes.length, ...dims.slice(1).map((_, i) => i + 1)];
      const name = last ? shaped : graph.op('Transpose', [shaped], { perm });
      return { inputs: [graph.toLayout({ ...x, name, layout: 'channels-last' }, x.layout)], weights: {} };
    },
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
