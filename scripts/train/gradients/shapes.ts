import { crop, onAllAxes, type PaddingConfig, single } from '#convert';
import { type DataFormat, fixed } from '#onnx';
import { defineRule } from './rule.ts';

export const SHAPES = {
  Flatten: defineRule<{ readonly data_format: DataFormat }>({
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
  }),
  ZeroPadding2D: defineRule<PaddingConfig>({
    backward: ({ graph }, c, _, gradient) => ({
      inputs: [crop(graph, gradient, onAllAxes(c.padding, c.data_format))],
      weights: {},
    }),
  }),
  InputLayer: defineRule({
    backward: (_context, _config, _pass, gradient) => ({ inputs: [gradient], weights: {} }),
  }),
};
