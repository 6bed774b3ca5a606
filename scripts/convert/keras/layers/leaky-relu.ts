import { z } from 'zod';
import { renamed } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { number } from '../options.ts';

// Keras 2 says alpha, Keras 3 negative_slope; both take 0.3 where nothing is said.
const config = z
  .object({ negative_slope: number.nullish(), alpha: number.nullish() })
  .transform(({ negative_slope, alpha }) => ({ slope: negative_slope ?? alpha ?? 0.3 }));

/** x above zero, a share of it below. */
export const leakyReLU = defineLayer<z.output<typeof config>>({
  className: 'LeakyReLU',
  config,
  mask: 'keep',
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, { slope }, inputs) => {
    const x = single(inputs);
    return renamed(x, graph.op('LeakyRelu', [x.name], { alpha: { float: slope } }));
  },
});
