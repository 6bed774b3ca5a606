import { z } from 'zod';
import { renamed } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

const config = z.object({ alpha: number.nullish().transform((value) => value ?? 1) });

/** x above zero, alpha * (e^x - 1) below. */
export const elu = defineLayer<z.output<typeof config>>({
  className: 'ELU',
  config,
  mask: 'keep',
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, { alpha }, inputs) => {
    const x = single(inputs);
    return renamed(x, graph.op('Elu', [x.name], { alpha: { float: alpha } }));
  },
});
