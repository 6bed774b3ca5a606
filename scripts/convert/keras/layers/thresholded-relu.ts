import { z } from 'zod';
import { renamed } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

const config = z.object({ theta: number.nullish().transform((value) => value ?? 1) });

/** x above theta, zero elsewhere. */
export const thresholdedReLU = defineLayer<z.output<typeof config>>({
  className: 'ThresholdedReLU',
  config,
  mask: 'keep',
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, { theta }, inputs) => {
    const x = single(inputs);
    return renamed(x, graph.op('ThresholdedRelu', [x.name], { alpha: { float: theta } }));
  },
});
