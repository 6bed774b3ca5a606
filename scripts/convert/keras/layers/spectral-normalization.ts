import * as z from 'zod';
import type { LayerConfig } from '#keras';
import { defineLayer, emitLayer, innerContext, innerWeights, type ResolvedLayer, shapesOf, single } from '../layer.ts';
import { innerLayer } from '../options.ts';

const options = z.object({ layer: innerLayer });

type Config = z.output<typeof options> & { readonly inner: { readonly layer: ResolvedLayer } };

export const spectralNormalization = defineLayer<Config>({
  className: 'SpectralNormalization',
  summary:
    "Training divides the inner layer's kernel by its spectral norm and keeps the result: what is left is that layer.",
  config: options as unknown as z.ZodType<Config>,
  inner: ({ layer }) => ({ layer: layer as LayerConfig }),
  // Keras keeps a vector of the last training step too, which nothing needs any more.
  weights: (c, inputs) => innerWeights('layer', c.inner.layer, inputs),
  outputShape: (c, inputs) => shapesOf(c.inner.layer, inputs)[0] ?? single(inputs),
  emit: (context, c, inputs) => {
    const [answer] = emitLayer(innerContext(context, 'layer'), c.inner.layer, inputs);
    return answer ?? single(inputs);
  },
  // What the inner layer makes of the mask stays: it is called with it.
  mask: (_context, _config, _inputs, outputs) => outputs.map(({ mask }) => mask),
});
